"""Recordings of Python programs with RPyC 6, replayed."""
# peer: rpyc-6
import peer
import rpyc_replay

rpyc_replay.check(peer.python_with("rpyc-6", "rpyc", "rpyc==6.0.2"))
