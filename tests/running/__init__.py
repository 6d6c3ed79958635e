"""What goes on by itself in a running portal."""
