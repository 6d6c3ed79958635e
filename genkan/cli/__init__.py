"""The command line: `genkan` with serve, worker, world, migrate, demo; and what operators do beside a portal."""

from genkan.cli import drift, importing, salesforce, serving, telling, whmcs, work, world
from genkan.cli.start import main

__all__ = ["drift", "importing", "main", "salesforce", "serving", "telling", "whmcs", "work", "world"]
