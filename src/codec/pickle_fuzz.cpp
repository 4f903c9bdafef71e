// Feeds arbitrary bytes to the reader of pickles. What is read can be written, but for what its limits forbid, and what was
// written reads as the same value.
#include "beckon/base/assert.hpp"
#include "beckon/codec/pickle.hpp"

namespace {

using namespace beckon;

void check_write(const value& made) {
    buffer out;
    if (const auto written = pickle::write(out, made); !written) {
        BECKON_ASSERT(written.error().code() == errc::limit_exceeded,
                      "what was read cannot be written");
        return;
    }
    const auto again =
        pickle::read(out.view(), {.max_nodes = 4'000'000, .decoded_bytes_factor = 4096});
    // Of a class that no Python has, an exception of another type is written.
    BECKON_ASSERT(again.has_value(), "what was written cannot be read");
    buffer second;
    BECKON_ASSERT(pickle::write(second, *again).has_value(),
                  "what was read again cannot be written");
    const auto third =
        pickle::read(second.view(), {.max_nodes = 4'000'000, .decoded_bytes_factor = 4096});
    BECKON_ASSERT(third.has_value() && *third == *again,
                  "what was written twice reads as something else");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
    const byte_view wire(reinterpret_cast<const std::byte*>(input), size);
    const auto made = pickle::read(wire);
    if (made) {
        check_write(*made);
        if (size > 0)
            BECKON_ASSERT(!pickle::read(wire.first(size - 1)), "cut short it reads as well");
    } else {
        BECKON_ASSERT(!made.error().message().empty(), "no message");
    }
    const auto reply = pickle::read(wire, {.is_reply = true});
    BECKON_ASSERT(reply.has_value() || !made.has_value(), "as a reply it is refused");
    if (reply) check_write(*reply);
    const pickle::read_options small{
        .max_depth = 4, .max_nodes = 20, .min_decoded_bytes = 256, .decoded_bytes_factor = 2};
    if (pickle::read(wire, small))
        BECKON_ASSERT(made.has_value(), "smaller limits let more through");
    return 0;
}
