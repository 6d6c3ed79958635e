"""The ground every area of the HTTP surface stands on."""
