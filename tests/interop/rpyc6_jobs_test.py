"""Jobs of a Python client with RPyC 6 at our server."""
# peer: rpyc-6
import peer
import rpyc_run

rpyc_run.against_our_server(peer.python_with("rpyc-6", "rpyc", "rpyc==6.0.2"), "rpyc_jobs.py")
