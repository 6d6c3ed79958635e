"""Words for every code the surface answers with, in English and Japanese.

`refusals` holds a title and a detail for each problem code, `fields` a message for each fault of a field, `gates` the
words and the place to go for each closed gate. Another code takes its words there; a test finds the missing ones.
"""
