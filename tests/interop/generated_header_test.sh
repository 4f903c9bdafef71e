#!/usr/bin/env bash
# The header that `beckon compile` makes of the conformance interface compiles without a warning, and its types work: a
# server and a client of them talk.
set -euo pipefail
beckon=$BECKON_BUILD_DIR/beckon
if [ ! -x "$beckon" ]; then
    echo "skipped: the command beckon is not built"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$beckon" compile "$BECKON_SOURCE_DIR/src/schema/testdata/conformance.bk" --cpp -o "$work"
header=$(find "$work" -name '*.hpp')
[ "$(wc -l <<<"$header")" = 1 ] && [ -n "$header" ] || { echo "expected one header, found '$header'" >&2; exit 1; }

cat >"$work/main.cpp" <<MAIN
#include "$(basename "$header")"
#include <cstdio>

struct listener {
    std::int64_t told = 0;
    void on_event(std::int64_t sequence, const std::string&) { told += sequence; }
};
struct counter {
    std::int64_t number;
    std::int64_t increment(std::int64_t by) { return number += by; }
    std::int64_t value() { return number; }
};
/// Leaves some methods out: a partial implementation.
struct service {
    std::int64_t add(std::int64_t a, std::int64_t b) { return a + b; }
    Item restock(Item item, std::int64_t by) {
        if (item.count + by < 0) throw OutOfStock{item.name, -by, item.count};
        item.count += by;
        return item;
    }
    beckon::ref<Counter> make_counter(std::int64_t start) {
        return beckon::make_ref<Counter>(std::make_shared<counter>(counter{start}));
    }
    std::int64_t call_back(const beckon::ref<Listener>& told, std::int64_t times) {
        for (std::int64_t i = 1; i <= times; ++i) told->on_event(i, "event");
        return times;
    }
    beckon::stream<std::int64_t> count_to(std::int64_t n) {
        for (std::int64_t i = 1; i <= n; ++i) co_yield i;
    }
};

int main() {
    beckon::server server;
    server.publish<Conformance>("conformance", beckon::partial{std::make_shared<service>()});
    const auto session = beckon::connect(server.listen("tcp://127.0.0.1:0"));
    const auto remote = session.get<Conformance>("conformance");
    if (remote->add(2, 3) != 5) return 1;
    Item item{};
    item.name = "nails";
    item.count = 4;
    if (remote->restock(item, 3).count != 7) return 2;
    try {
        remote->restock(item, -5);
        return 3;
    } catch (const OutOfStock& failure) {
        if (failure.wanted != 5 || failure.available != 4) return 4;
    }
    if (remote->make_counter(5)->increment(2) != 7) return 5;
    const auto mine = std::make_shared<listener>();
    if (remote->call_back(beckon::make_ref<Listener>(mine), 3) != 3 || mine->told != 6) return 6;
    std::int64_t sum = 0;
    for (const std::int64_t number : remote->count_to(4)) sum += number;
    if (sum != 10) return 7;
    try {
        static_cast<void>(remote->concat("a", "b"));
        return 8;
    } catch (const beckon::unknown_method&) {
    }
    std::puts("the generated types work");
}
MAIN

cache=$BECKON_BUILD_DIR/CMakeCache.txt
compiler=$(sed -n 's/^CMAKE_CXX_COMPILER:[A-Z]*=//p' "$cache")
sanitizers=$(sed -n 's/^BECKON_SANITIZE:[A-Z]*=//p' "$cache")
flags=(-std=c++20 -Wall -Wextra -Wconversion -Wshadow -Werror -I "$BECKON_SOURCE_DIR/include" -I "$work")
[ -z "$sanitizers" ] || flags+=("-fsanitize=$sanitizers")
"$compiler" "${flags[@]}" "$work/main.cpp" "$BECKON_BUILD_DIR/libbeckon_core.a" -pthread -o "$work/main"
"$work/main"
