"""What all these programs begin with."""
import os
import select
import socket
import ssl
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from conversation import METHODS, Peer, Refused, run  # noqa: E402, F401: for the programs


def address(text):
    host, port = text.rsplit(":", 1)
    return host, int(port)


def pump(inside, plain):
    """Carries bytes both ways until either side ends, on one thread: a TLS connection of Python's must not be read and written at once."""
    inside.setblocking(False)
    while True:
        ready = [plain, inside] if not inside.pending() else [inside]
        if not inside.pending():
            ready, _, _ = select.select(ready, [], [])
        for each in ready:
            try:
                data = each.recv(65536)
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                continue
            except OSError:
                data = b""
            if not data:
                inside.close()
                plain.close()
                return
            if each is inside:
                plain.sendall(data)
                continue
            while data:
                try:
                    data = data[inside.send(data):]
                except ssl.SSLWantWriteError:
                    select.select([], [inside], [])
                except ssl.SSLWantReadError:
                    select.select([inside], [], [])


def connect(where, authority=None):
    """A socket, which leads into TLS where there is the file of an authority."""
    connection = socket.create_connection(address(where), timeout=30)
    if authority is None:
        return connection
    inside = ssl.create_default_context(cafile=authority).wrap_socket(connection, server_hostname="localhost")
    mine, plain = socket.socketpair()
    threading.Thread(target=pump, args=(inside, plain), daemon=True).start()
    return mine
