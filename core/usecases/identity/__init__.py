"""Handing in identity documents and learning what the review said (IDV)."""
