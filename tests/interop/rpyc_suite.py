"""RPyC's own tests, which its releases for users do not hold: from the source package of the machine's distribution."""
import fcntl
import os
import re
import shutil
import subprocess

import peer

NAME = "rpyc-tests"
WANTED = ("6.0.2-1", "6.0.1-1")  # of the package rpyc, the best first
SUITES = ("sid", "trixie")
KEPT = ("tests", "bin")  # what tests start is in bin

# Not what a bridge is about, or in need of more than Python.
LEFT_OUT = {
    "test_brine": "nobody connects",
    "test_registry": "its packets are not of a conversation",
    "test_deploy": "needs a server of ssh",
    "test_ssh": "needs a server of ssh",
    "test_gdb": "needs gdb",
    "test_win32pipes": "needs Windows",
}


def folder():
    """Where the folder `tests` is, downloaded once, or the end of the test."""
    kept = os.path.join(os.environ["BECKON_BUILD_DIR"], "peers", NAME)
    os.makedirs(os.path.dirname(kept), exist_ok=True)
    with open(kept + ".lock", "w") as lock:  # tests run side by side
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(os.path.join(kept, "complete")):
            shutil.rmtree(kept, ignore_errors=True)
            os.makedirs(kept)
            download(kept)
            open(os.path.join(kept, "complete"), "w").close()
    return kept


def download(into):
    """Source packages are not among what the machine knows: it is asked in a folder of its own, at the usual places."""
    apt = peer.program("apt-get")
    sites = subprocess.run([apt, "indextargets", "--format", "$(SITE) $(RELEASE)", "Origin: Debian", "Created-By: Packages"],
                           capture_output=True, text=True).stdout.split("\n")
    site = next((words[0] for words in map(str.split, sites) if words and not words[1].endswith(("-security", "-updates"))), None)
    if site is None:
        peer.missing(NAME, "this is no Debian, whose package of RPyC's sources holds its tests")
    state = os.path.join(into, "apt")
    os.makedirs(os.path.join(state, "lists", "partial"))
    sources = os.path.join(state, "sources.list")
    with open(sources, "w") as file:
        file.writelines(f"deb-src {site} {suite} main\n" for suite in SUITES)
    options = [f"Dir::Etc::sourcelist={sources}", "Dir::Etc::sourceparts=-", f"Dir::State::lists={state}/lists",
               f"Dir::Cache={state}", "APT::Sandbox::User=root", "Acquire::Retries=2"]
    words = [word for option in options for word in ("-o", option)]
    run = {"cwd": into, "capture_output": True, "text": True, "timeout": 200}
    tried = subprocess.run([apt, *words, "-qq", "update"], **run)
    for version in WANTED:
        tried = subprocess.run([apt, *words, "-qq", "source", "--download-only", "--tar-only", f"rpyc={version}"], **run)
        archives = [name for name in os.listdir(into) if ".orig.tar." in name]
        if archives:
            break
    else:
        peer.missing(NAME, f"the source package rpyc cannot be downloaded: {tried.stderr.strip().splitlines()[-1:]}")
    shutil.unpack_archive(os.path.join(into, archives[0]), os.path.join(into, "all"))
    (top,) = os.listdir(os.path.join(into, "all"))
    for name in KEPT:
        shutil.move(os.path.join(into, "all", top, name), into)
    for name in ("all", "apt"):
        shutil.rmtree(os.path.join(into, name))


def modules(where):
    """The names of its files, in two: those that need ports of their own, which others may not use meanwhile, and the rest."""
    with_ports, without = [], []
    for name in sorted(os.listdir(os.path.join(where, "tests"))):
        name, extension = os.path.splitext(name)
        if extension != ".py" or not name.startswith("test_") or name in LEFT_OUT:
            continue
        with open(os.path.join(where, "tests", name + ".py")) as file:
            (with_ports if re.search(r"\b18\d{3}\b", file.read()) else without).append(name)
    return with_ports, without
