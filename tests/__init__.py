"""What must stay true; shared fixtures live in the conftest nearest to their use."""
