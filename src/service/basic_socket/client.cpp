#include "beckon/service/basic_socket/client.hpp"

#include <algorithm>

#include "beckon/object/operate.hpp"
#include "beckon/service/context.hpp"
#include "beckon/session/runtime.hpp"
#include "beckon/session/session.hpp"
#include "service/basic_socket/where.hpp"

namespace beckon::basic {

namespace {

[[nodiscard]] std::shared_ptr<runtime> runtime_of(const client_options& options) {
    return (options.context ? options.context : context::standard())->runtime();
}

[[nodiscard]] std::int64_t in_milliseconds(nanoseconds length) {
    return std::chrono::ceil<std::chrono::milliseconds>(length).count();
}

[[nodiscard]] dynamic_request request_of(std::uint16_t number, question& asked) {
    dynamic_request request;
    request.name = concat('#', number);
    request.arguments.push_back(value(intrusive_ptr<referent>(&asked)));
    return request;
}

[[nodiscard]] call_options within(nanoseconds timeout) {
    call_options options;
    options.timeout = timeout;
    return options;
}

} // namespace

client::client(const std::string& host, std::uint16_t port, client_options options)
    : client(endpoint_of(host, port), std::move(options)) {}

client::client(std::string endpoint, client_options options)
    : endpoint_(std::move(endpoint)), options_(std::move(options)) {}

client::~client() {
    if (!root_) return;
    try {
        disconnect();
    } catch (...) {
        runtime_of(options_)->log().write(log_level::warning, "BKN-BASIC-DISCONNECT",
                                          error_of_current_exception().to_string());
    }
}

bool client::is_connected() const noexcept { return root_ && !conversation_.is_over(); }

void client::connect() {
    if (is_connected()) {
        throw_error(fail(errc::invalid_argument, "client is connected already, to ", endpoint_));
    }
    auto read = read_endpoint(endpoint_, "client");
    if (!read) throw_error(std::move(read).error());
    io::endpoint where = std::move(read).value();
    if (where.option("wait") == nullptr)
        where.options.emplace_back("wait", concat(in_milliseconds(options_.timeout)));
    if (where.option("retry") == nullptr)
        where.options.emplace_back("retry", concat(in_milliseconds(options_.retry_interval)));
    connect_options chosen;
    chosen.context = options_.context;
    chosen.limits = options_.limits;
    chosen.timeout = options_.timeout;
    // A server may take its time to answer one INIT, too.
    chosen.limits.handshake_within =
        std::max(chosen.limits.handshake_within,
                 std::chrono::ceil<std::chrono::milliseconds>(options_.timeout));
    connected made = beckon::connect(io::to_string(where), chosen);
    const auto session = made.core();
    // Before that the protocol itself says that it has been refused for long enough.
    if (auto greeted = session->await_greeting(deadline_after(session->now(), options_.timeout));
        !greeted) {
        made.close();
        throw_error(greeted.error().note(concat("connecting to ", endpoint_)));
    }
    root_ = made.root();
    conversation_ = std::move(made);
    if (options_.on_connect) options_.on_connect(options_.local);
}

void client::disconnect() {
    if (root_) conversation_.close();
    root_ = {};
    conversation_ = {};
    if (options_.on_disconnect) options_.on_disconnect(options_.local);
}

result<void> client::ask(std::uint16_t number, question& asked, nanoseconds timeout) {
    if (!root_) return fail(errc::disconnected, "client of ", endpoint_, " is not connected");
    BECKON_TRY(operate_and_wait(root_, request_of(number, asked), within(timeout)));
    return {};
}

future<value> client::start_asking(std::uint16_t number, question& asked, nanoseconds timeout) {
    if (!root_) {
        return ready_future<value>(
            fail(errc::disconnected, "client of ", endpoint_, " is not connected"));
    }
    return operate(root_, request_of(number, asked), within(timeout));
}

} // namespace beckon::basic
