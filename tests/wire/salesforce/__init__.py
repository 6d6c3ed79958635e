"""Salesforce's protocols, as the made-up Salesforce speaks them."""
