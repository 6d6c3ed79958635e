"""Tests against the operator's own systems, where credentials for them are in the environment."""
