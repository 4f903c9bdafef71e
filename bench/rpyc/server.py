"""RPyC's own server with the functions that are measured; prints its port."""
import threading
import time

import rpyc
from rpyc.utils.server import ThreadedServer


class Numbers(rpyc.Service):
    def exposed_add(self, a, b):
        return a + b

    def exposed_numbers(self, count):
        return list(range(count))


server = ThreadedServer(Numbers, hostname="127.0.0.1", port=0)
threading.Thread(target=server.start).start()
while not server.active:
    time.sleep(0.01)
print(server.port, flush=True)
