"""What adapters to other systems share: what surrounds a call to one, and how it is told what one lacks.

Adapters import it, and it imports none of them.
"""
