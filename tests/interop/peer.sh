# For tests that need somebody else's program. A script that does says so in its first lines: "# peer: NAME".
#
#   # peer: clangd
#   . "$BECKON_SOURCE_DIR/tests/interop/peer.sh"
#   command -v clangd >/dev/null || peer_missing clangd "no clangd on the path"
#
# peer_missing NAME REASON ends the test: skipped, or failed where BECKON_REQUIRE_PEERS=1 says that all peers
# must be there. `./test` counts what ran and what was skipped. peer.py is the same for Python, peer.hpp for tests in C++.
peer_missing() {
    echo "skipped: $1: $2"
    [ "${BECKON_REQUIRE_PEERS:-0}" != 1 ] || { echo "BECKON_REQUIRE_PEERS=1: $1 must be there"; exit 1; }
    exit 77
}
