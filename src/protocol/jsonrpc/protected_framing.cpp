#include "protocol/jsonrpc/protected_framing.hpp"

#include "beckon/codec/json.hpp"
#include "beckon/value/value.hpp"

namespace beckon::jsonrpc {

result<void> protected_framing::put(buffer& out, byte_view text) {
    const std::size_t start = below_->begin(out);
    out.append(text);
    return below_->finish(out, start);
}

result<void> protected_framing::finish(buffer& out, std::size_t start) {
    const byte_view written = out.view().subspan(start);
    const bytes message(written.begin(), written.end());
    out.truncate(start);
    if (bare_ == bare::always) return put(out, message);
    auto made = by_.protect(message);
    if (!made && bare_ == bare::at_need) return put(out, message);
    if (!made) return std::move(made).error().note("protecting a message");
    if (!made->header.empty()) {
        value pairs = value::map();
        for (auto& [key, text] : made->header) pairs.insert_or_assign(std::move(key), text);
        buffer header;
        header.append(as_bytes("{\"jsonrpc\":\"2.0\",\"method\":\""));
        header.append(as_bytes(security_method));
        header.append(as_bytes("\",\"params\":"));
        BECKON_TRY(json::write(header, pairs, {}));
        header.append(as_bytes("}"));
        BECKON_TRY(put(out, header.view()));
    }
    return put(out, made->replaced ? byte_view(*made->replaced) : byte_view(message));
}

} // namespace beckon::jsonrpc
