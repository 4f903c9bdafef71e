// Feeds arbitrary bytes to the reader and the scanner of MessagePack. What is read can be written, and what was written is
// canonical: it reads and writes as itself. Scanning, skipping and reading agree on where a value ends.
#include <algorithm>

#include "beckon/base/assert.hpp"
#include "beckon/codec/msgpack.hpp"
#include "beckon/codec/msgpack_reader.hpp"
#include "beckon/codec/msgpack_scan.hpp"

namespace {

using namespace beckon;

constexpr std::size_t most_bytes = 1u << 20;

bool same(byte_view a, byte_view b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

// As a message layer goes through a message: containers by hand, everything else by its own read.
void walk(msgpack::reader& in) {
    switch (in.peek()) {
    case msgpack::item::nil: in.get_nil(); break;
    case msgpack::item::boolean: static_cast<void>(in.get_boolean()); break;
    case msgpack::item::floating: static_cast<void>(in.get_float()); break;
    case msgpack::item::array:
    case msgpack::item::map: {
        const bool is_map = in.peek() == msgpack::item::map;
        const std::size_t count = is_map ? 2 * in.get_map() : in.get_array();
        if (!in.enter()) break;
        for (std::size_t i = 0; i < count && !in.failed(); ++i) walk(in);
        in.leave();
        break;
    }
    default: static_cast<void>(in.get_value());
    }
}

void check_write(const value& made) {
    buffer first;
    BECKON_ASSERT(msgpack::write(first, made).has_value(), "what was read cannot be written");
    std::size_t used = 0;
    const auto again = msgpack::read(first.view(), {}, &used);
    BECKON_ASSERT(again.has_value(), "what was written cannot be read");
    BECKON_ASSERT(used == first.size(), "what was written is not all read");
    BECKON_ASSERT(*again == made, "what was written reads as something else");
    buffer second;
    const auto rewritten = msgpack::write(second, *again);
    BECKON_ASSERT(rewritten.has_value() && same(first.view(), second.view()),
                  "what was written writes as something else");
}

// Whether the scanner finds the same end in one piece and byte by byte; gives it, or 0.
std::size_t scanned(byte_view wire) {
    msgpack::scanner whole;
    const auto at_once = whole.look(wire, most_bytes);
    msgpack::scanner bytewise;
    bool found = false;
    bool refused = false;
    for (std::size_t size = 0; size <= wire.size() && !found && !refused; ++size) {
        const auto looked = bytewise.look(wire.first(size), most_bytes);
        refused = !looked.has_value();
        found = looked && *looked;
        BECKON_ASSERT(!found || bytewise.size() == size, "the value ends where nothing has come");
    }
    BECKON_ASSERT(refused == !at_once.has_value(), "bytewise it is refused or not");
    BECKON_ASSERT(found == (at_once && *at_once), "bytewise it ends or not");
    BECKON_ASSERT(!found || whole.size() == bytewise.size(), "bytewise it ends elsewhere");
    return found ? whole.size() : 0;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
    const byte_view wire(reinterpret_cast<const std::byte*>(input),
                         std::min<std::size_t>(size, 4096));
    const msgpack::read_options usual;
    std::size_t used = 0;
    const auto made = msgpack::read(wire, usual, &used);
    const std::size_t end = scanned(wire);
    msgpack::reader skipped(wire, usual);
    skipped.skip();
    if (made) {
        BECKON_ASSERT(used <= wire.size(), "more is read than there is");
        BECKON_ASSERT(end == used, "scanned it ends elsewhere");
        BECKON_ASSERT(!skipped.failed() && skipped.offset() == used, "skipped it ends elsewhere");
        BECKON_ASSERT(!msgpack::read(wire.first(used - 1), usual), "cut short it reads as well");
        msgpack::reader walked(wire, usual);
        walk(walked);
        BECKON_ASSERT(!walked.failed() && walked.offset() == used, "by hand it reads otherwise");
        check_write(*made);
    } else {
        BECKON_ASSERT(!made.error().message().empty(), "no message");
        // What is all there was refused for what it says, not for being cut short.
        msgpack::reader again(wire, usual);
        static_cast<void>(again.get_value());
        BECKON_ASSERT(end == 0 || !again.ran_out(), "all there, and yet it ran out");
    }
    const msgpack::read_options small{
        .max_depth = 4, .max_nodes = 20, .min_decoded_bytes = 256, .decoded_bytes_factor = 2};
    if (const auto little = msgpack::read(wire, small, &used)) {
        BECKON_ASSERT(made.has_value(), "smaller limits let more through");
    }
    if (const auto lenient = msgpack::read(wire, {.bad_text = msgpack::bad_text::as_bytes}, &used))
        check_write(*lenient);
    return 0;
}
