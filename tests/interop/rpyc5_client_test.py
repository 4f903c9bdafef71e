"""Python clients with RPyC 5 at our server."""
# peer: rpyc-5
# also at one port
import peer
import rpyc_run

rpyc_run.against_our_server(peer.python_with("rpyc-5", "rpyc"), "rpyc_client.py")
