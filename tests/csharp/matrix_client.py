"""Client.cs, compiled and run: matrix_client.py ENDPOINT. Says and does what tests/python/matrix_client.py does."""
import subprocess
import sys

import csharp

GENERATED = csharp.generate(csharp.CONFORMANCE, "conformance")
CLIENT = csharp.build("Client.exe", GENERATED, *csharp.here("Client.cs", "Service.cs", "Check.cs"))
sys.exit(subprocess.call([csharp.MONO, CLIENT, *sys.argv[1:]]))
