// Feeds arbitrary bytes of both sides to what passes quickrpc on. The first byte says whose messages the transport keeps
// apart, and what ends them elsewhere.
#include "protocol/quickrpc/relay.hpp"
#include "session/passage_fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
    using namespace beckon;
    if (size == 0) return 0;
    const auto ends = [&](unsigned bit) {
        return *quickrpc::make_jrpc_codec(
            {.delimiter = (input[0] >> bit & 1) != 0 ? "\r\n" : std::string(1, '\0')});
    };
    passage_parts parts;
    parts.limits.max_message_bytes = 1u << 18;
    parts.client_has_messages = (input[0] & 1) != 0;
    parts.server_has_messages = (input[0] & 2) != 0;
    fuzz::check_passing({reinterpret_cast<const std::byte*>(input + 1), size - 1},
                        [&] { return quickrpc::make_relay_passage(ends(2), ends(3), parts); });
    return 0;
}
