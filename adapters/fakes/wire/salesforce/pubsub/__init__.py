"""Salesforce's Pub/Sub API over the made-up Salesforce: what is committed there is told to who subscribed."""
