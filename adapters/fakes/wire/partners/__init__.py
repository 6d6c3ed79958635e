"""The partners' own contracts over HTTP, spoken by the made-up world."""
