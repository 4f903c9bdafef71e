"""Python clients with RPyC 6 at our server, with threads of both sides bound to each other. RPyC 5.3 cannot: its first message fails."""
# peer: rpyc-6
# also at one port
import peer
import rpyc_run

rpyc_run.against_our_server(peer.python_with("rpyc-6", "rpyc", "rpyc==6.0.2"), "rpyc_client.py", "?bind_threads", RPYC_BIND_THREADS="true")
