#include "beckon/session/session.hpp"

#include "session/active_call.hpp"

namespace beckon {

void session::end_streams(const error&) {}
void session::write_stream(native::writer& out, referent*) {
    out.fail(fail(errc::unsupported, "streams"));
}
intrusive_ptr<referent> session::read_stream(native::reader& in) {
    in.fail(fail(errc::unsupported, "streams"));
    return {};
}
void session::on_stream_item(std::uint32_t, native::reader&) {}
void session::on_stream_end(std::uint32_t, std::optional<error>) {}
void session::on_stream_credit(std::uint32_t, std::uint32_t) {}
void session::on_stream_stop(std::uint32_t) {}

} // namespace beckon
