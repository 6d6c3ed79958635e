"""What only one adapter promises."""
