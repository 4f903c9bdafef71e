#include "beckon/service/basic_socket/server.hpp"

#include <charconv>
#include <mutex>
#include <optional>

#include "beckon/object/named_error.hpp"
#include "beckon/object/servant.hpp"
#include "beckon/session/runtime.hpp"
#include "service/basic_socket/gate.hpp"
#include "service/basic_socket/where.hpp"

namespace beckon::basic {

namespace {

/// What all connections of one server have.
struct counter {
    counter(detail::service_parts of, std::shared_ptr<runtime> runs)
        : parts(std::move(of)), inside(std::move(runs)), admits(parts.max_sessions, parts.patience),
          shared(parts.make_shared()) {}

    const detail::service_parts parts;
    const std::shared_ptr<runtime> inside;
    std::mutex mutex; ///< Of the two that follow.
    gate admits;
    const std::shared_ptr<void> shared;
};

/// One connection: the object that its commands go to, as `#N`, and its INITs, as `#init`.
class visitor final : public servant {
public:
    explicit visitor(std::shared_ptr<counter> at)
        : servant(nullptr, nullptr, nullptr), at_(std::move(at)), local_(at_->parts.make_local()) {
        set_execution(policy::serial);
    }

    void dispatch(incoming_call& call) noexcept override {
        call.reject(fail(errc::unsupported, "a connection of basic-socket-rpc has no interface"));
    }
    void perform(incoming_call& call) noexcept override {
        const dynamic_request& request = *call.request;
        if (request.what != operation::call_method) return servant::perform(call);
        call.enter_handler();
        auto outcome = answer(request);
        call.leave_handler();
        if (!outcome) return call.reject(std::move(outcome).error());
        call.reply_value(std::move(outcome).value());
    }
    /// The connection is over.
    void leave() noexcept {
        const std::lock_guard lock(at_->mutex);
        at_->admits.leave(this);
        if (!at_->parts.on_client_disconnect) return;
        try {
            at_->parts.on_client_disconnect(at_->shared.get(), local_.get());
        } catch (...) {
            at_->inside->log().write(log_level::warning, "BKN-BASIC-DISCONNECT",
                                     error_of_current_exception().to_string());
        }
    }

private:
    [[nodiscard]] result<value> answer(const dynamic_request& request) noexcept {
        try {
            if (request.name == "#init") return let_in();
            if (!is_in_) return named_error("ProtocolError", "Need to initialize connection first");
            return run(request);
        } catch (...) {
            return error_of_current_exception();
        }
    }
    [[nodiscard]] result<value> let_in() {
        if (is_in_) return named_error("ProtocolError", "Initialization already occurred");
        const std::lock_guard lock(at_->mutex);
        if (!at_->admits.admit(this, at_->inside->clock().now())) return value(false);
        bool allowed = false;
        const auto& decide = at_->parts.on_client_connect;
        try {
            allowed = !decide || decide(at_->shared.get(), local_.get());
        } catch (...) {
            at_->admits.leave(this);
            throw;
        }
        if (!allowed) at_->admits.leave(this);
        is_in_ = allowed;
        return value(allowed);
    }
    [[nodiscard]] result<value> run(const dynamic_request& request) {
        const std::string_view name = request.name;
        std::uint16_t number = 0;
        std::from_chars(name.data() + 1, name.data() + name.size(), number);
        const auto found = at_->parts.commands.find(number);
        if (found == at_->parts.commands.end())
            return fail(errc::unknown_method, "no command has number ", number);
        const auto* const came = payload_in<received>(request.arguments[0]);
        if (came == nullptr) {
            return fail(errc::type_mismatch, "arguments of command ", number, " are ",
                        request.arguments[0].type_name(), "; expected bytes where they came");
        }
        return found->second.body(came->view(), {at_->shared.get(), local_.get(), &at_->mutex});
    }

    const std::shared_ptr<counter> at_;
    const std::shared_ptr<void> local_;
    bool is_in_ = false; ///< Calls of this object run one at a time.
};

} // namespace

class server::state {
public:
    state(detail::service_parts parts, const std::string& where, server_options options)
        : at_(std::make_shared<counter>(std::move(parts), runtime_of(options))),
          serves_(std::move(options)) {
        serves_.published()->publish_each("commands", [at = at_](const connected&) {
            auto made = make_counted<visitor>(at);
            conversation_events told;
            told.on_disconnect = [made](const connected&) { made->leave(); };
            return made_service{intrusive_ptr<object_core>(std::move(made)), std::move(told)};
        });
        auto read = read_endpoint(where, "server");
        if (!read) throw_error(std::move(read).error());
        io::endpoint listens = std::move(read).value();
        listens.options.emplace_back("raw", "in-place");
        io::endpoint real =
            std::move(io::parse_endpoint(serves_.listen(io::to_string(listens)))).value();
        std::erase_if(real.options, [](const auto& each) { return each.first == "raw"; });
        endpoint = io::to_string(real);
    }

    void shutdown(nanoseconds at_most) {
        const std::lock_guard lock(stopping_);
        if (std::exchange(stopped_, true)) return;
        serves_.drain(at_most);
        serves_.stop();
        if (at_->parts.on_server_close) at_->parts.on_server_close(at_->shared.get());
    }

    void run() {
        serves_.run();
        shutdown(std::chrono::seconds(10));
    }
    [[nodiscard]] std::size_t connection_count() const { return serves_.connection_count(); }
    template <typename Count>
    [[nodiscard]] std::size_t count(Count of) const {
        return of(at_->admits);
    }

    void log(const error& failure) const {
        at_->inside->log().write(log_level::warning, "BKN-BASIC-CLOSE", failure.to_string());
    }

    std::string endpoint;

private:
    [[nodiscard]] static std::shared_ptr<runtime> runtime_of(const server_options& options) {
        return (options.context ? options.context : context::standard())->runtime();
    }

    const std::shared_ptr<counter> at_;
    beckon::server serves_;
    std::mutex stopping_;
    bool stopped_ = false;
};

server::server(detail::service_parts parts, const std::string& endpoint, server_options options)
    : state_(std::make_unique<state>(std::move(parts), endpoint, std::move(options))) {}

server::~server() {
    try {
        shutdown();
    } catch (...) { // on_server_close; who calls `shutdown` hears of it
        state_->log(error_of_current_exception());
    }
}

std::string server::endpoint_of(const std::string& host, std::uint16_t port) {
    return basic::endpoint_of(host, port);
}

const std::string& server::endpoint() const noexcept { return state_->endpoint; }
std::size_t server::connection_count() const { return state_->connection_count(); }
std::size_t server::session_count() const {
    return state_->count([](const gate& of) { return of.inside(); });
}
std::size_t server::waiting_count() const {
    return state_->count([](const gate& of) { return of.waiting(); });
}
void server::shutdown(nanoseconds at_most) { state_->shutdown(at_most); }
void server::run() { state_->run(); }

} // namespace beckon::basic
