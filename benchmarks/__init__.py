"""Measurements, each a ratio or a bound that holds on any machine."""
