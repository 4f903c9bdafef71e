// Of beckon::core alone, in place of the files that dynamic protocols enter by (cmake/BeckonLibrary.cmake names them). It
// has no such protocol, so what these use is not linked.
#include "beckon/object/dynamic_call.hpp"
#include "beckon/object/operation_forwarder.hpp"
#include "beckon/object/python_errors.hpp"
#include "beckon/object/stub.hpp"
#include "beckon/object/value_streams.hpp"
#include "object/carried_value.hpp"
#include "service/carrying.hpp"
#include "service/keepalive_stream.hpp"
#include "service/root_object.hpp"
#include "service/server_state.hpp"

namespace beckon {

namespace {
[[nodiscard]] error left_out() {
    return fail(errc::unsupported, "this program is linked with beckon::core, which has no dynamic "
                                   "operations; link it with beckon::beckon");
}
[[nodiscard]] error no_expressions(std::string_view text) {
    return fail(errc::unsupported, "transport expression ", quoted(text, 200),
                " needs beckon::beckon; this program is linked with beckon::core");
}
} // namespace

void servant::perform(incoming_call& call) noexcept { call.reject(left_out()); }

void detail::send_values(const call_request&, value, pending_call* pending) {
    if (pending == nullptr) return;
    pending->on_failure(left_out());
    pending->complete();
}

// Nobody here lends containers.
bool detail::must_be_carried(const value&, const peer*) { return false; }
future<value> detail::call_carrying(object target, std::string method, value arguments,
                                    intrusive_ptr<peer>, const call_options& options) {
    return call_dynamic(target, method, std::move(arguments), options);
}

// Only sessions of dynamic protocols ask for these.
intrusive_ptr<servant> make_operation_forwarder(intrusive_ptr<object_core>) { return {}; }
intrusive_ptr<native::stream_producer> take_value_stream(referent*) { return {}; }
std::pair<intrusive_ptr<native::stream_sink>, intrusive_ptr<referent>> make_value_stream() {
    return {};
}
void python::throw_if_python(const error&) {}
error python::to_error(
    exception_parts parts) { // its arguments and fields are values, which no peer here can read
    error failure(errc::remote_error, parts.text);
    failure.set_type_name(parts.type);
    if (!parts.trace.empty()) failure.set_trace(parts.trace);
    return failure;
}
intrusive_ptr<servant> make_root_object(std::shared_ptr<publications>) { return {}; }

std::shared_ptr<job_board> server::state::jobs() { return {}; }
void server::publish_jobs(job_options, std::string) { throw_error(left_out()); }

bool server::state::may_share(const io::endpoint&) const { return false; }
result<std::string> server::state::listen_shared(const io::endpoint&) { return left_out(); }
void server::state::route(arrival) {}
void server::state::tell_apart(arrival, std::string) {}
void server::state::stop_telling_apart() {}
std::size_t server::state::undecided_from(const std::string&) const { return 0; }

bool is_carried(const context&, std::string_view text) { return io::is_transport_expression(text); }
result<std::string> listen_carried(const std::shared_ptr<server::state>&, std::string_view text) {
    return no_expressions(text);
}
result<connected> connect_carried(std::string_view text, const connect_options&) {
    return no_expressions(text);
}
result<void> check_keep_alive(const io::endpoint& where) {
    if (where.option("keepalive_message") == nullptr) return {};
    return fail(errc::unsupported, "option keepalive_message of endpoint ",
                quoted(io::to_string(where), 200),
                " needs beckon::beckon; this program is linked with beckon::core");
}
std::unique_ptr<io::byte_stream> keep_alive(std::unique_ptr<io::byte_stream> stream,
                                            const io::endpoint&, const std::shared_ptr<context>&) {
    return stream;
}

} // namespace beckon
