// Arbitrary bytes into the readers of messages, whole and in pieces: both must find the same.
#include <algorithm>

#include "beckon/base/assert.hpp"
#include "protocol/quickrpc/message_input.hpp"
#include "protocol/quickrpc/message_output.hpp"

namespace {

using namespace beckon;
using namespace beckon::quickrpc;

/// Takes what the header says, and sometimes refuses.
class some_security final : public message_security {
public:
    [[nodiscard]] std::string_view name() const noexcept override { return "some"; }
    [[nodiscard]] result<outgoing> protect(byte_view) override {
        return outgoing{.header = {{"user", "ann"}}};
    }
    [[nodiscard]] result<incoming> check(byte_view payload, const metadata& header) override {
        if (payload.size() % 7 == 3) return fail(errc::access_denied, "forged");
        return incoming{.user = header.empty() ? "" : header.front().second};
    }
    [[nodiscard]] bool takes_bare_messages() const noexcept override { return true; }
};

/// What was found, as text; nothing more after an error.
std::string run(const codec& with, bool secured, byte_view all, std::size_t step) {
    some_security security;
    message_input input(with, secured ? &security : nullptr);
    const codec_rules rules;
    std::string found;
    bytes carried;
    for (std::size_t at = 0; at < all.size(); at += step) {
        const byte_view more = all.subspan(at, std::min(step, all.size() - at));
        carried.insert(carried.end(), more.begin(), more.end());
        byte_view left = carried;
        for (;;) {
            const auto taken = input.take(left, rules, 1 << 16, false);
            if (!taken) return found + "end";
            left = left.subspan(taken->bytes);
            if (!taken->came) break;
            const message& what = taken->came->content;
            found += concat(static_cast<int>(what.kind), what.method, what.params.to_text(),
                            what.outcome.to_text(), what.id.to_text(), taken->came->user, ';');
            if (what.kind == message_kind::bad) continue;
            buffer out;
            message_output output(with, nullptr);
            static_cast<void>(output.put(out, what, rules));
        }
        carried = bytes(left.begin(), left.end());
    }
    return found;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const byte_view all(reinterpret_cast<const std::byte*>(data) + 1, size - 1);
    const auto chosen = data[0] % 3;
    const auto with = chosen == 0   ? *make_jrpc_codec()
                      : chosen == 1 ? make_terse_codec()
                                    : make_msgpack_codec();
    const bool secured = with->carries_security() && data[0] % 2 == 0;
    const std::string at_once = run(*with, secured, all, all.size() + 1);
    BECKON_ASSERT(run(*with, secured, all, 1) == at_once, "pieces say the same as the whole");
    return 0;
}
