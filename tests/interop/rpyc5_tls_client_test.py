"""Python clients with RPyC 5 at our server, over TLS with a certificate of their own."""
# peer: rpyc-5
import peer
import rpyc_run

rpyc_run.against_our_tls_server(peer.python_with("rpyc-5", "rpyc"), "rpyc_client.py")
