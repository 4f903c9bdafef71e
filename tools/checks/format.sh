#!/usr/bin/env bash
# Fails where a C++ file is not as clang-format 14 writes it. With --fix it writes the files instead.
set -euo pipefail
cd "$(dirname "$0")/../.."

mode=(--dry-run -Werror)
[ "${1:-}" = --fix ] && mode=(-i)
formatter=$(command -v clang-format-14) || { echo "format: clang-format-14 is missing; tools/setup tests installs it" >&2; exit 1; }

python3 - <<'PYTHON' | xargs -0 -r -n 40 -P "$(nproc)" "$formatter" "${mode[@]}"
import sys
sys.path.insert(0, "tools/checks")
import tree
sys.stdout.write("\0".join(path for path in tree.all_files(tree.ROOT) if path.endswith(tree.CPP)))
PYTHON
echo "format: all C++ files are as clang-format 14 writes them"
