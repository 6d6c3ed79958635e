"""`python -m genkan` is the command line."""

from genkan.cli import main

main()
