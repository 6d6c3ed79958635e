"""What the core asks of the world: Protocols named for their role, and the two ways they fail."""
