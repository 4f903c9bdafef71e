// Arbitrary bytes from a peer of basic-socket-rpc: into a server of a typed object, into one that takes commands as they
// are, and into a client.
#include "beckon/protocol/basic/basic.hpp"
#include "session/session_fuzz.hpp"

namespace {

using namespace beckon;

std::unique_ptr<protocol> typed() { return make_basic_protocol({.plays = basic::role::server}); }
std::unique_ptr<protocol> raw() {
    return make_basic_protocol({.plays = basic::role::server, .raw = true});
}
std::unique_ptr<protocol> in_place() {
    return make_basic_protocol({.plays = basic::role::server, .raw = true, .in_place = true});
}
std::unique_ptr<protocol> client() {
    return make_basic_protocol(
        {.wait = std::chrono::milliseconds(100), .retry = std::chrono::milliseconds(10)});
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using fuzzed::pace;
    if (size == 0) return 0;
    const byte_view input(reinterpret_cast<const std::byte*>(data) + 1, size - 1);
    constexpr std::unique_ptr<protocol> (*roles[])() = {&typed, &raw, &client, &in_place};
    const auto speak = roles[data[0] % 4];
    fuzzed::run_bytes(input, pace::at_once, speak);
    fuzzed::run_bytes(input, pace::slowly, speak);
    return 0;
}
