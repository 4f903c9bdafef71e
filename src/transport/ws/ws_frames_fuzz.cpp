// Feeds arbitrary bytes to a WebSocket's frames. The first byte chooses the side and the mode, the second how the input is
// cut. However it comes, the same contents come out; those of messages have their sizes before them; and what is said to
// the peer are whole frames, which another one understands.
#include <algorithm>
#include <string>

#include "beckon/base/assert.hpp"
#include "transport/ws/frames.hpp"

namespace {

using namespace beckon;
using namespace beckon::transport::ws;

constexpr std::size_t most = 2000;

struct heard {
    std::string content;
    std::string failure;
    bool closed = false;
};

heard listen(role plays, bool keeps, byte_view input, std::size_t step, std::size_t room,
             buffer* said) {
    frames made(plays);
    if (keeps) made.keep_messages(most);
    heard out;
    std::string into(room, '\0');
    const std::span<std::byte> space(reinterpret_cast<std::byte*>(into.data()), into.size());
    for (std::size_t at = 0; at < input.size() || made.holds_content();) {
        const byte_view part = input.subspan(at, std::min(step, input.size() - at));
        const std::size_t got = made.read(part, space);
        BECKON_ASSERT(got <= room, "more was given than there is room for");
        out.content.append(into, 0, got);
        at += part.size();
    }
    if (made.failure()) out.failure = made.failure()->message();
    out.closed = made.closed_by_peer().has_value();
    if (said != nullptr) {
        made.put_close();
        said->swap(made.out);
    }
    return out;
}

/// Whole messages, and perhaps one that has begun.
void check_sizes(std::string_view content) {
    while (content.size() >= 4) {
        std::size_t size = 0;
        for (std::size_t i = 4; i-- > 0;) size = size << 8 | static_cast<unsigned char>(content[i]);
        BECKON_ASSERT(size <= most, "a message is larger than allowed");
        content.remove_prefix(std::min(content.size(), 4 + size));
    }
    BECKON_ASSERT(content.empty(), "a size was cut");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const role plays = (data[0] & 1) != 0 ? role::client : role::server;
    const bool keeps = (data[0] & 2) != 0;
    const byte_view input(reinterpret_cast<const std::byte*>(data + 2), size - 2);
    buffer said;
    const heard whole = listen(plays, keeps, input, input.size() + 1, 1u << 16, &said);
    const heard cut = listen(plays, keeps, input, 1 + data[1] % 16, 1 + data[1] % 5, nullptr);
    BECKON_ASSERT(whole.failure == cut.failure && whole.closed == cut.closed,
                  "the end depends on how the input was cut");
    if (whole.failure.empty()) {
        BECKON_ASSERT(whole.content == cut.content, "the content depends on how the input was cut");
    }
    if (keeps) check_sizes(whole.content);
    const role other = plays == role::client ? role::server : role::client;
    const heard answer = listen(other, keeps, said.view(), 7, 1u << 16, nullptr);
    BECKON_ASSERT(answer.failure.empty() && answer.content.empty() && answer.closed,
                  "what was said to the peer is no WebSocket");
    return 0;
}
