"""What every adapter does around a call to another system: try again, rest, write alone, know what may be written.

Adapters import it, and it imports none of them.
"""
