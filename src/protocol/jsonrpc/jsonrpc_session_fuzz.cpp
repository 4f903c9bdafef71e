// Arbitrary texts from a peer into a session that speaks JSON-RPC: see session_fuzz.hpp.
#include "beckon/protocol/jsonrpc/jsonrpc.hpp"
#include "session/session_fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace beckon::fuzzed;
    const beckon::byte_view input(reinterpret_cast<const std::byte*>(data), size);
    const auto lines = [] { return beckon::make_jsonrpc_protocol(); };
    const auto bare = [] {
        return beckon::make_jsonrpc_protocol({.framing = beckon::jsonrpc::framing_kind::none});
    };
    run_bytes(input, pace::at_once, lines);
    run_bytes(input, pace::slowly, bare);
    return 0;
}
