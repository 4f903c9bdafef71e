"""For tests that need somebody else's program. A script that does says so in its first lines: "# peer: NAME".

    # peer: rpyc
    import peer
    rpyc = peer.module("rpyc")

A missing peer ends the test: skipped, or failed where BECKON_REQUIRE_PEERS=1 says that all peers must be there.
`./test` counts what ran and what was skipped. peer.sh is the same for shell scripts.
"""
import fcntl
import importlib
import os
import shutil
import subprocess
import sys

SKIPPED = 77
DEBIAN_PYTHON = "/usr/bin/python3"  # the interpreter that Debian's packages belong to; need not be the first on the path


def missing(name, reason):
    """Ends the test because the peer is not there."""
    print(f"skipped: {name}: {reason}", flush=True)
    if os.environ.get("BECKON_REQUIRE_PEERS") == "1":
        print(f"BECKON_REQUIRE_PEERS=1: {name} must be there", flush=True)
        sys.exit(1)
    sys.exit(SKIPPED)


def unobtainable(name, reason):
    """Skips the test everywhere: what no registry has cannot be required, only told of."""
    print(f"unobtainable: {name}: {reason}", flush=True)
    sys.exit(SKIPPED)


def module(name):
    """The Python module of that name, or the end of the test."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        return missing(name, str(error))


def program(name):
    """The path of the program of that name, or the end of the test."""
    return shutil.which(name) or missing(name, f"no {name} on the path")


def python_with(name, package, virtual=None):
    """An interpreter that has a Python package, or the end of the test.

    Debian's own, or, where `virtual` names what pip is to install, one in a virtual environment of the build folder.
    """
    if virtual is None:
        tried = subprocess.run([DEBIAN_PYTHON, "-c", f"import {package}"], capture_output=True, text=True)
        return DEBIAN_PYTHON if tried.returncode == 0 else missing(name, f"{DEBIAN_PYTHON} has no module {package}")
    folder = os.path.join(os.environ["BECKON_BUILD_DIR"], "peers", name)
    python = os.path.join(folder, "bin", "python")
    os.makedirs(os.path.dirname(folder), exist_ok=True)
    with open(folder + ".lock", "w") as lock:  # tests run side by side
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(os.path.join(folder, "complete")):
            shutil.rmtree(folder, ignore_errors=True)
            for command in ([DEBIAN_PYTHON, "-m", "venv", folder],
                            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", virtual]):
                tried = subprocess.run(command, capture_output=True, text=True, timeout=200)
                if tried.returncode != 0:
                    return missing(name, f"{virtual} cannot be installed: {tried.stderr.strip().splitlines()[-1:]}")
            open(os.path.join(folder, "complete"), "w").close()
    return python


def node_modules(name, *packages):
    """A folder with packages of npm, for NODE_PATH, or the end of the test."""
    npm = program("npm")
    folder = os.path.join(os.environ["BECKON_BUILD_DIR"], "peers", name)
    os.makedirs(os.path.dirname(folder), exist_ok=True)
    with open(folder + ".lock", "w") as lock:  # tests run side by side
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(os.path.join(folder, "complete")):
            shutil.rmtree(folder, ignore_errors=True)
            os.makedirs(folder)
            tried = subprocess.run([npm, "install", "--no-audit", "--no-fund", "--prefix", folder, *packages],
                                   capture_output=True, text=True, timeout=200)
            if tried.returncode != 0:
                return missing(name, f"{' '.join(packages)} cannot be installed: {tried.stderr.strip().splitlines()[-1:]}")
            open(os.path.join(folder, "complete"), "w").close()
    return os.path.join(folder, "node_modules")


if __name__ == "__main__":
    # For tests in C++, python.hpp: prints the interpreter, or why there is none.
    print(python_with(*sys.argv[1:]))
