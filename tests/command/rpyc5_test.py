"""The command at servers with RPyC 5."""
# peer: rpyc-5
import os
import sys

import command

sys.path.insert(0, os.path.join(command.SOURCE, "tests", "interop"))
import peer  # noqa: E402: found by the line above
import rpyc_peer  # noqa: E402

rpyc_peer.main(peer.python_with("rpyc-5", "rpyc"))
