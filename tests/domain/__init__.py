"""Tables and pure rules, by example and by property."""
