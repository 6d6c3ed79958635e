"""The made-up systems as others speak to them: servers of their own protocols, over the same world."""
