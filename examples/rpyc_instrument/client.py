"""A Python program that uses the oven, found by its name. Usage: REGISTRY_PORT"""
import sys

import rpyc
from rpyc.utils.registry import TCPRegistryClient

registry = TCPRegistryClient("127.0.0.1", port=int(sys.argv[1]))
connection = rpyc.connect_by_service("oven", registrar=registry)
oven = connection.root

print("at", oven.temperature())


class Watcher:
    def exposed_on_temperature(self, celsius):
        print("now", celsius)


print("steps", oven.ramp(25.0, 2.5, Watcher()))
try:
    oven.heat_to(900.0)
except ValueError as refused:
    print("ValueError:", str(refused).splitlines()[0])
try:
    oven.profile("melt")
except IndexError as unknown:
    print("IndexError:", str(unknown).splitlines()[0])
bake = oven.profile("bake")
print("bake at", bake.celsius(), "with", [name for name in dir(oven) if not name.startswith("get_")])
connection.close()
