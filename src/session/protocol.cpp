#include "beckon/session/protocol.hpp"

namespace beckon {

namespace {
error no_values(std::string_view protocol) {
    return fail(errc::unsupported, "protocol ", protocol, " has no dynamic calls");
}
} // namespace

const caller_identity& session_events::caller() const noexcept {
    static const auto& nobody = *new const caller_identity; // threads may outlive statics
    return nobody;
}

result<consumed> protocol::consume_last(byte_view, session_events&) { return consumed{}; }

result<void> protocol::write_value_call(buffer&, const call_head&, const dynamic_request&,
                                        reference_exchange&) {
    return no_values(name());
}

result<void> protocol::write_value_reply(buffer&, std::uint32_t, const value&,
                                         reference_exchange&) {
    return no_values(name());
}

result<void> protocol::write_value_stream_item(buffer&, std::uint32_t, const value&,
                                               reference_exchange&) {
    return no_values(name());
}

std::string protocol::type_name(std::uint32_t) const { return {}; }

} // namespace beckon
