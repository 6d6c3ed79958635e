"""One pretend world behind every port, as strict as the real systems."""
