"""Looking after work that runs by itself: what waits, what failed, what drifted."""
