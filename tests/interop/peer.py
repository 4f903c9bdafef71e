"""For tests that need somebody else's program. A script that does says so in its first lines: "# peer: NAME".

    # peer: rpyc
    import peer
    rpyc = peer.module("rpyc")

A missing peer ends the test: skipped, or failed where BECKON_REQUIRE_PEERS=1 says that all peers must be there.
`./test` counts what ran and what was skipped. peer.sh is the same for shell scripts.
"""
import importlib
import os
import shutil
import sys

SKIPPED = 77


def missing(name, reason):
    """Ends the test because the peer is not there."""
    print(f"skipped: {name}: {reason}", flush=True)
    if os.environ.get("BECKON_REQUIRE_PEERS") == "1":
        print(f"BECKON_REQUIRE_PEERS=1: {name} must be there", flush=True)
        sys.exit(1)
    sys.exit(SKIPPED)


def module(name):
    """The Python module of that name, or the end of the test."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        return missing(name, str(error))


def program(name):
    """The path of the program of that name, or the end of the test."""
    return shutil.which(name) or missing(name, f"no {name} on the path")
