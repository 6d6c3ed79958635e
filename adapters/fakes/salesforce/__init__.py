"""Salesforce made up: its org, its own rules and flows, and the ports that the portal reaches it by."""
