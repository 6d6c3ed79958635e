"""The partners besides Salesforce and WHMCS, over HTTP: the eSIM issuer and the line checker."""
