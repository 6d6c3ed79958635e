"""Other people's Salesforce clients against the made-up org: `python -m tests.peers`."""
