"""The sentences of the features, filed by who acts."""
