// Arbitrary bytes from a quickrpc peer into a session that publishes an object with methods of every kind.
#include "beckon/protocol/quickrpc/quickrpc.hpp"
#include "session/session_fuzz.hpp"

namespace {

using namespace beckon;

std::unique_ptr<protocol> speak(std::shared_ptr<const quickrpc::codec> with) {
    return std::move(make_quickrpc_protocol({.codec = std::move(with)})).value();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using fuzzed::pace;
    if (size == 0) return 0;
    const byte_view input(reinterpret_cast<const std::byte*>(data) + 1, size - 1);
    const auto jrpc = [] { return speak(*quickrpc::make_jrpc_codec()); };
    const auto terse = [] { return speak(quickrpc::make_terse_codec()); };
    const auto msgpack = [] { return speak(quickrpc::make_msgpack_codec()); };
    for (const pace each : {pace::at_once, pace::slowly}) {
        switch (data[0] % 3) {
        case 0: fuzzed::run_bytes(input, each, jrpc); break;
        case 1: fuzzed::run_bytes(input, each, terse); break;
        default: fuzzed::run_bytes(input, each, msgpack); break;
        }
    }
    return 0;
}
