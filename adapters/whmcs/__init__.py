"""The billing system behind its ports; bound in a later version."""
