"""What the checks read: the files of the tree, and how they report."""
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CPP = (".cpp", ".hpp", ".h", ".ipp")
SKIPPED_FOLDERS = {".git", "__pycache__", "node_modules"}


def all_files(root):
    """Paths from root of every file that git tracks or could track, sorted; a plain walk outside git."""
    command = ["git", "-c", "safe.directory=*", "-C", root, "ls-files", "-z", "-co", "--exclude-standard"]
    try:
        listed = subprocess.run(command, capture_output=True, check=True).stdout.decode()
        paths = [path for path in listed.split("\0") if path]
    except (OSError, subprocess.CalledProcessError):
        paths = list(walk(root))
    return sorted(path for path in set(paths) if os.path.isfile(os.path.join(root, path)))


def walk(root):
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders
                      if name not in SKIPPED_FOLDERS and not name.startswith("build")]
        for name in names:
            yield os.path.relpath(os.path.join(folder, name), root)


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
        return file.read()


def report(check, breaches, summary):
    """Prints the breaches, each "path:line: text", and gives the exit status."""
    for breach in breaches:
        print(breach, file=sys.stderr)
    if breaches:
        print(f"{check}: {len(breaches)} to mend", file=sys.stderr)
        return 1
    print(f"{check}: {summary}")
    return 0
