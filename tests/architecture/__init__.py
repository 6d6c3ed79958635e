"""What the shape of the repository promises."""
