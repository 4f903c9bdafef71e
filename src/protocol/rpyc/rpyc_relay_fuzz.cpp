// Feeds arbitrary bytes of both sides to what passes RPyC on between its dialects. The first byte says what is known of them.
#include "protocol/rpyc/relay.hpp"
#include "session/passage_fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
    using namespace beckon;
    using rpyc::dialect;
    if (size == 0) return 0;
    const auto either = [&](unsigned bit) { return (input[0] >> bit & 1) != 0; };
    rpyc::relay_options chosen{.bind_threads = either(0)};
    if (either(1)) chosen.client = either(2) ? dialect::v5 : dialect::v6;
    if (either(3)) chosen.server = either(4) ? dialect::v5 : dialect::v6;
    if (either(5)) chosen.assumed = either(6) ? dialect::v5 : dialect::v6;
    limits allowed;
    allowed.max_message_bytes = 1u << 18;
    fuzz::check_passing({reinterpret_cast<const std::byte*>(input + 1), size - 1},
                        [&] { return rpyc::make_relay_passage(chosen, allowed); });
    return 0;
}
