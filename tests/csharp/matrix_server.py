"""Server.cs, compiled and run: matrix_server.py ENDPOINT [async]. Says and does what tests/python/matrix_server.py does."""
import subprocess
import sys

import csharp

GENERATED = csharp.generate(csharp.CONFORMANCE, "conformance")
SERVER = csharp.build("Server.exe", GENERATED, *csharp.here("Server.cs", "Service.cs"))
sys.exit(subprocess.call([csharp.MONO, SERVER, *sys.argv[1:]]))
