# What ./demo and ./test share; they source it from the top folder.

step() { printf '\n== %s  [%s]\n' "$*" "$(date +%T)"; }

# Prints its input less most lines of Ninja's progress, unless somebody watches a terminal.
thin_out() {
    awk '/^\[[0-9]+\/[0-9]+\]/ { if (++seen % 25 == 0) { print; fflush() }; next } { print; fflush() }'
}

configure() { # PRESET OPTIONS...
    local preset=$1 log
    shift
    log=$(cmake --preset "$preset" "$@" 2>&1) || { echo "$log"; return 1; }
}

build() { # PRESET TARGETS...
    local preset=$1
    shift
    if [ -t 1 ]; then
        cmake --build "build/$preset" --target "$@" -- -k 20
    else
        cmake --build "build/$preset" --target "$@" -- -k 20 | thin_out
    fi
}
