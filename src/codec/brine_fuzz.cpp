// Feeds arbitrary bytes to the readers of brine. What is read can be written, and what was written is canonical: it reads
// and writes as itself. Reading over a value and taking it apart by hand come to the same end.
#include <algorithm>

#include "beckon/base/assert.hpp"
#include "beckon/codec/brine.hpp"
#include "beckon/codec/brine_reader.hpp"

namespace {

using namespace beckon;

bool same(byte_view a, byte_view b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

// As the message layer goes through a message: containers by hand, everything else by its own read.
void walk(brine::reader& in) {
    switch (in.peek()) {
    case brine::item::none: in.get_none(); break;
    case brine::item::boolean: static_cast<void>(in.get_boolean()); break;
    case brine::item::floating: static_cast<void>(in.get_float()); break;
    case brine::item::text: static_cast<void>(in.get_text()); break;
    case brine::item::byte_string: static_cast<void>(in.get_bytes()); break;
    case brine::item::tuple: {
        const std::size_t count = in.get_tuple();
        if (!in.enter()) break;
        for (std::size_t i = 0; i < count && !in.failed(); ++i) walk(in);
        in.leave();
        break;
    }
    default: static_cast<void>(in.get_value());
    }
}

void check_write(const value& made) {
    BECKON_ASSERT(brine::is_brinable(made), "what was read counts as not brinable");
    buffer first;
    if (const auto written = brine::write(first, made); !written) {
        BECKON_ASSERT(written.error().code() == errc::limit_exceeded,
                      "what was read cannot be written");
        return;
    }
    std::size_t used = 0;
    const auto again = brine::read(first.view(), limits(), &used);
    BECKON_ASSERT(again.has_value(), "what was written cannot be read");
    BECKON_ASSERT(used == first.size(), "what was written is not all read");
    buffer second;
    const auto rewritten = brine::write(second, *again);
    BECKON_ASSERT(rewritten.has_value() && same(first.view(), second.view()),
                  "what was written writes as something else");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
    const byte_view wire(reinterpret_cast<const std::byte*>(input), size);
    const limits usual;
    std::size_t used = 0;
    const auto made = brine::read(wire, usual, &used);
    brine::reader walked(wire, usual);
    walk(walked);
    BECKON_ASSERT(walked.failed() != made.has_value(), "by hand it reads otherwise");
    brine::reader skipped(wire, usual);
    skipped.skip();
    if (made) {
        BECKON_ASSERT(used <= size, "more is read than there is");
        BECKON_ASSERT(walked.offset() == used, "by hand it ends elsewhere");
        BECKON_ASSERT(!skipped.failed() && skipped.offset() == used, "skipped it ends elsewhere");
        BECKON_ASSERT(!brine::read(wire.first(used - 1), usual), "cut short it reads as well");
        check_write(*made);
    } else {
        BECKON_ASSERT(!made.error().message().empty(), "no message");
    }
    limits small;
    small.max_depth = 4;
    small.max_nodes = 20;
    small.min_decoded_bytes = 256;
    small.decoded_bytes_factor = 2;
    if (const auto little = brine::read(wire, small)) {
        BECKON_ASSERT(made.has_value(), "smaller limits let more through");
    }
    return 0;
}
