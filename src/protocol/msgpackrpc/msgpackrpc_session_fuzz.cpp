// Arbitrary bytes from a peer of MessagePack-RPC into a session that publishes an object with methods of every kind.
#include "session/session_fuzz.hpp"

#include "beckon/protocol/msgpackrpc/msgpackrpc.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace beckon::fuzzed;
    const beckon::byte_view input(reinterpret_cast<const std::byte*>(data), size);
    const auto speak = [] { return beckon::make_msgpackrpc_protocol({.peer_is_beckon = true}); };
    run_bytes(input, pace::at_once, speak);
    run_bytes(input, pace::slowly, speak);
    return 0;
}
