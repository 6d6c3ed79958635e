"""Other people's clients of Salesforce and WHMCS, and a browser, as they are, against the made-up ones.

`python -m tests.peers` serves an org for each `*.test.js` beside this file (a WHMCS for each `whmcs-*.test.js`), all
of them from this one process, and runs the files with Node's own test runner, whose status is its own. Names of files
run these alone.
"""

import asyncio
import json
import os
import sys
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path

from tests.peers import billing, org

HERE = Path(__file__).parent


def offered_to(file: Path) -> AbstractAsyncContextManager[dict[str, object]]:
    """What the tests in a file are about."""
    return billing.offered() if file.name.startswith("whmcs-") else org.offered()


async def main(names: list[str]) -> int:
    """Serve the orgs, and run the clients' tests against them."""
    files = [HERE / name for name in names] or sorted(HERE.glob("*.test.js"))
    async with AsyncExitStack() as orgs:
        told = {file.name: await orgs.enter_async_context(offered_to(file)) for file in files}
        environment = os.environ | {"PEER_ORGS": json.dumps(told)}
        # an open subscription keeps a client's process alive though it was closed
        node = await asyncio.create_subprocess_exec(
            "node", "--test", "--test-reporter=spec", "--test-force-exit", *map(str, files), cwd=HERE, env=environment
        )
        return await node.wait()


if __name__ == "__main__":
    status = asyncio.run(main(sys.argv[1:]))
    # the servers' own threads may still look for an interpreter that is on its way out, and abort it
    os._exit(status)
