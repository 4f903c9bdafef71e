"""Recordings of Python programs with RPyC 5, replayed."""
# peer: rpyc-5
import peer
import rpyc_replay

rpyc_replay.check(peer.python_with("rpyc-5", "rpyc"))
