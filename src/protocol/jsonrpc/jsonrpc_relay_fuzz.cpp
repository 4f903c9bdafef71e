// Feeds arbitrary bytes of both sides to what passes JSON-RPC on between its framings. The first byte chooses them.
#include "protocol/jsonrpc/relay.hpp"
#include "session/passage_fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
    using namespace beckon;
    using jsonrpc::framing_kind;
    if (size == 0) return 0;
    constexpr jsonrpc::told_framing all[] = {framing_kind::newline,
                                             framing_kind::nul,
                                             framing_kind::content_length,
                                             framing_kind::none,
                                             {}};
    const jsonrpc::told_framing client = all[input[0] % 5u];
    const jsonrpc::told_framing server = all[input[0] / 5u % 5u];
    limits allowed;
    allowed.max_message_bytes = 1u << 18;
    fuzz::check_passing({reinterpret_cast<const std::byte*>(input + 1), size - 1},
                        [&] { return jsonrpc::make_relay_passage(client, server, allowed); });
    return 0;
}
