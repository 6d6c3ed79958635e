"""The HTTP surface: handlers, problems, texts and everything only HTTP knows."""
