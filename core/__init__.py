"""The product's own words and rules; knows no framework, no vendor and no clock."""
