"""The world behind the ports; no adapter imports another."""
