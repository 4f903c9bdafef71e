"""RPyC's own tests, where each connection leads through a bridge: what passes directly passes so too, in both dialects."""
# peer: rpyc-tests
import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile

import peer
import rpyc_suite

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "command"))
import command  # noqa: E402: found by the line above

HERE = os.path.dirname(os.path.abspath(__file__))
SUITE = rpyc_suite.folder()
PYTHONS = {"5.3": peer.python_with("rpyc-5", "rpyc"), "6.0.2": peer.python_with("rpyc-6", "rpyc", "rpyc==6.0.2")}


def run(python, names, *words):
    """What became of the tests in those files, and what was printed."""
    with tempfile.TemporaryDirectory() as folder:
        outcomes = os.path.join(folder, "outcomes")
        files = [f"tests.{name}" for name in names]
        ended = subprocess.run([python, os.path.join(HERE, "rpyc_bridged.py"), outcomes, *words, *files], cwd=SUITE,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=200)
        if not os.path.exists(outcomes):
            raise AssertionError(f"{python}: {' '.join(names)} came to no end:\n{ended.stdout}")
        with open(outcomes) as file:
            return json.load(file), ended.stdout


def main():
    with_ports, without = rpyc_suite.modules(SUITE)
    slow = "test_async"
    jobs = []  # version, names
    for version in PYTHONS:
        jobs += [(version, [slow]), (version, [name for name in without if name != slow])]
    through = ["--through", command.COMMAND]
    found = []  # version, names, outcomes, what was printed
    with concurrent.futures.ThreadPoolExecutor() as pool:
        begun = [(version, names, pool.submit(run, PYTHONS[version], names, *through)) for version, names in jobs]
        for version, python in PYTHONS.items():
            found += [(version, [name], *run(python, [name], *through)) for name in with_ports]
        found += [(version, names, *each.result()) for version, names, each in begun]
    wrong = 0
    for version, python in PYTHONS.items():
        mine = [each for each in found if each[0] == version]
        passed = sum(outcome == "ok" for each in mine for outcome in each[2]["tests"].values())
        failed = [(names, test, said) for _, names, outcomes, said in mine
                  for test, outcome in outcomes["tests"].items() if outcome == "failed"]
        connections = sum(each[2]["connections"] for each in mine)
        excused = 0
        for name in sorted({test.split(".")[1] for _, test, _ in failed if test.startswith("tests.")}):
            directly = run(python, [name])[0]["tests"]
            for _, test, said in failed:
                if test.split(".")[1:2] != [name]:
                    continue
                if directly.get(test) == "failed":
                    excused += 1
                    continue
                wrong += 1
                print(f"{version}: {test} passes directly and not through a bridge:\n{said}", flush=True)
        others = [test for _, test, _ in failed if not test.startswith("tests.")]
        wrong += len(others)
        print(f"RPyC {version}: {passed} tests pass through bridges, by {connections} connections; {excused} fail without one too"
              + (f"; {', '.join(others)} cannot be run" if others else ""), flush=True)
        if passed < 50 or connections < 50:
            wrong += 1
            print("fewer than there should be", flush=True)
    sys.exit(int(wrong != 0))


if __name__ == "__main__":
    main()
