"""What every adapter does around a call to another system: try again, rest, and know what may have been written.

Adapters import it, and it imports none of them.
"""
