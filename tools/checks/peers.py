#!/usr/bin/env python3
"""Tells which peers of tests/interop the last ctest run met: `peers: ran N, skipped M (names)`.

A peer ran when every test of it did; tests/interop/peer.sh says how a test names its peer and skips, peer.hpp for
tests in C++, which print `peer: NAME` when they meet it.
Fails under BECKON_REQUIRE_PEERS=1 when a peer was skipped, unless its test says that nobody can install it. Usage: peers.py BUILD_FOLDER
"""
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as xml

SKIPPED = re.compile(r"^(skipped|unobtainable): ([\w.-]+): (.*)$", re.M)
MET = re.compile(r"^peer: ([\w.-]+)$", re.M)


def peers_of_tests(build):
    """The peer of each test that has a label peer=NAME."""
    command = ["ctest", "--test-dir", build, "--show-only=json-v1", "-L", "^peer$"]
    listed = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    peers = {}
    for test in json.loads(listed)["tests"]:
        labels = next(entry["value"] for entry in test["properties"] if entry["name"] == "LABELS")
        peers[test["name"]] = next(label.removeprefix("peer=") for label in labels if label.startswith("peer="))
    return peers


def main():
    build = sys.argv[1]
    peers = peers_of_tests(build)
    met, missing, unobtainable = set(), {}, set()
    for case in xml.parse(os.path.join(build, "Testing", "results.xml")).getroot().iter("testcase"):
        skipped, failed = case.find("skipped") is not None, case.find("failure") is not None
        said = SKIPPED.search(case.findtext("system-out") or "") if skipped or failed else None
        peer = peers.get(case.get("name"))
        if not (skipped or failed):
            met.update(MET.findall(case.findtext("system-out") or ""))
        if said:
            missing[said.group(2)] = said.group(3)
            if said.group(1) == "unobtainable":
                unobtainable.add(said.group(2))
        elif peer and skipped:
            missing[peer] = f"{case.get('name')} gives no reason"
        elif peer:
            met.add(peer)
    for name, reason in sorted(missing.items()):
        print(f"skipped: {name}: {reason}")
    names = f" ({', '.join(sorted(missing))})" if missing else ""
    print(f"peers: ran {len(met - set(missing))}, skipped {len(missing)}{names}")
    return 1 if missing.keys() - unobtainable and os.environ.get("BECKON_REQUIRE_PEERS") == "1" else 0


if __name__ == "__main__":
    sys.exit(main())
