"""A served portal is killed at each commit and each call of another system that its journeys come by (T-1, T-8)."""
