"""The world behind the ports; no adapter imports another."""

import os

# gRPC reads these once, when it is loaded, wherever that is first. Whoever forks here goes on to another program, which
# needs nothing of gRPC, while what gRPC does around a fork stops and starts its threads under calls that are under way.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")
# and what a call came to is said by who made it, in the portal's own words
os.environ.setdefault("GRPC_VERBOSITY", "ERROR")
