"""What the made-up systems say and understand over their own protocols."""
