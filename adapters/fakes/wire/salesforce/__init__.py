"""Salesforce's protocols over the made-up Salesforce."""
