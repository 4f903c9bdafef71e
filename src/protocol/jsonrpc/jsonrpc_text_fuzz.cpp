// Feeds arbitrary bytes to all that reads a conversation before a session sees it: framings, messages, batches. The first
// byte chooses the framing and the limits, the second how the input is cut. However it comes, the same is told; what is
// answered is JSON-RPC; and what could be read can be answered.
#include <algorithm>

#include "beckon/base/assert.hpp"
#include "beckon/codec/json.hpp"
#include "protocol/jsonrpc/conversation_test.hpp"

namespace {

using namespace beckon;
using namespace beckon::jsonrpc;
using testing::conversation;

struct way {
    options chosen;
    limits allowed;
};

way way_of(unsigned byte) {
    way made;
    made.chosen.framing = static_cast<framing_kind>(byte & 3);
    made.chosen.lenient = (byte & 4) != 0;
    const bool small = (byte & 8) != 0;
    made.allowed.max_message_bytes = small ? 300 : 1u << 20;
    if (small) {
        made.allowed.max_depth = 4;
        made.allowed.max_nodes = 30;
        made.allowed.max_calls_in_flight = 1;
    }
    return made;
}

/// What was heard, and what was said to it.
struct heard {
    std::vector<std::string> told;
    std::string written;
};

heard listen(const way& how, std::string_view input, std::size_t step) {
    conversation peer(how.chosen, how.allowed);
    for (std::uint32_t id = 1; id <= 3; ++id)
        BECKON_ASSERT(peer.call(id, "ours").has_value(), "a call cannot be written");
    static_cast<void>(peer.written());
    bool broken = false;
    for (std::size_t at = 0; at < input.size() && !broken; at += step) {
        peer.hear(input.substr(at, step));
        broken = !peer.told.empty() && peer.told.back().starts_with("broken: ");
    }
    heard made{peer.told, peer.written()};
    // Every request that waits for it can be answered.
    for (const std::string& each : made.told) {
        if (!each.starts_with("called ")) continue;
        const auto number = static_cast<std::uint32_t>(std::stoul(each.substr(7)));
        BECKON_ASSERT(peer.reply(number, value(true)).has_value(), "a request cannot be answered");
    }
    made.written += peer.written();
    return made;
}

/// What is said is understood, and is no request: two of us do not go on for ever.
void check_answers(const way& how, const std::string& written) {
    way plain = how;
    plain.allowed = {};
    plain.allowed.max_message_bytes = 64u << 20;
    conversation other(plain.chosen, plain.allowed);
    other.hear(written);
    BECKON_ASSERT(other.written().empty(), "an answer is answered");
    for (const std::string& each : other.told) {
        BECKON_ASSERT(each.starts_with("BKN-JSONRPC-STRAY: ") ||
                          each.starts_with("BKN-JSONRPC-UNATTRIBUTED: ") ||
                          each.starts_with("stop "),
                      "what is written is no answer");
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const way how = way_of(data[0]);
    const std::string_view input(reinterpret_cast<const char*>(data) + 2, size - 2);
    const heard whole = listen(how, input, std::max<std::size_t>(input.size(), 1));
    check_answers(how, whole.written);
    const heard pieces = listen(how, input, data[1] % 32 + 1u);
    // A stream that is refused for its length is refused at another byte where it comes in pieces.
    const bool broken = !whole.told.empty() && whole.told.back().starts_with("broken: ");
    if (broken) return 0;
    BECKON_ASSERT(whole.told == pieces.told, "it matters how the input is cut");
    BECKON_ASSERT(whole.written == pieces.written, "it matters how the input is cut");
    return 0;
}
