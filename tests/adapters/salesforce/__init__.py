"""Tests of the adapter that speaks with Salesforce."""
