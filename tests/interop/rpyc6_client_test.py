"""Python clients with RPyC 6 at our server."""
# peer: rpyc-6
# also at one port
import peer
import rpyc_run

rpyc_run.against_our_server(peer.python_with("rpyc-6", "rpyc", "rpyc==6.0.2"), "rpyc_client.py")
