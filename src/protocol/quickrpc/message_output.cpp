#include "protocol/quickrpc/message_output.hpp"

#include "protocol/quickrpc/message_input.hpp"

namespace beckon::quickrpc {

result<void> message_output::put(buffer& out, const message& what, const codec_rules& rules) {
    return put_with(security_, out, what, rules);
}

result<void> message_output::put_bare(buffer& out, const message& what, const codec_rules& rules) {
    return put_with(nullptr, out, what, rules);
}

result<void> message_output::put_with(message_security* by, buffer& out, const message& what,
                                      const codec_rules& rules) {
    const std::size_t before = out.size();
    auto written = put_all(by, out, what, rules);
    if (!written) out.truncate(before);
    constexpr std::size_t most_kept = 64u << 10;
    if (encoded_.capacity() > most_kept) encoded_.free();
    return written;
}

result<void> message_output::put_all(message_security* by, buffer& out, const message& what,
                                     const codec_rules& rules) {
    encoded_.clear();
    BECKON_TRY(codec_.encode(encoded_, what, rules));
    if (by == nullptr) return codec_.frame(out, encoded_.view());
    BECKON_ASSIGN(const message_security::outgoing made, by->protect(encoded_.view()));
    const byte_view payload = made.replaced ? byte_view(*made.replaced) : encoded_.view();
    if (made.header.empty()) return codec_.frame(out, payload);
    message header{.kind = message_kind::call, .method = std::string(header_method)};
    for (const auto& [key, text] : made.header) header.params.insert_or_assign(key, text);
    buffer told;
    BECKON_TRY(codec_.encode(told, header, {}));
    BECKON_TRY(codec_.frame(out, told.view()));
    return codec_.frame_secured(out, payload);
}

} // namespace beckon::quickrpc
