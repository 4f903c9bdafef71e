"""Publishes the conformance service as `conformance` until its input ends: matrix_server.py ENDPOINT.

Says first `listening on ENDPOINT`, as the servers of other languages do, so that one test can drive them all.
"""
import sys

import service

import beckon

with beckon.Server({"conformance": service.Service()}) as server:
    print("listening on", server.listen(sys.argv[1]), flush=True)
    sys.stdin.read()
