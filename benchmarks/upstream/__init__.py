"""How often a portal asks the systems behind it, and how long it waits for them (P-1, P-2)."""
