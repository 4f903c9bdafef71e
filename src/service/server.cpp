#include "beckon/service/server.hpp"

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <vector>

#include "beckon/io/endpoint.hpp"
#include "beckon/session/connection.hpp"
#include "service/listen.hpp"
#include "service/session_factory.hpp"

namespace beckon {

class server::state : public std::enable_shared_from_this<server::state> {
public:
    explicit state(server_options settings)
        : options(std::move(settings)),
          inside(options.context ? options.context : context::standard()),
          published(std::make_shared<publications>()), shown(published) {}

    result<std::string> listen(std::string_view text);
    void accept(io::listener& from, const io::endpoint& where);
    void forget(const connection* gone);
    void drain(nanoseconds at_most);
    void stop();

    const server_options options;
    const std::shared_ptr<context> inside;
    const std::shared_ptr<publications> published;
    const shown_object shown;

    std::mutex mutex;
    std::condition_variable changed;
    bool stopped = false;
    struct open_listener_entry {
        std::unique_ptr<io::listener> accepts;
        io::watch_id watch;
    };
    std::vector<open_listener_entry> listeners;
    struct open_session {
        intrusive_ptr<session> conversation;
        std::string address; ///< Without the port; empty where the peer is on this machine.
    };
    std::vector<open_session> sessions;

private:
    [[nodiscard]] std::string refusal(const std::string& address) const;
};

namespace {

/// Accepts when the loop says there is somebody.
class acceptor final : public io::watcher {
public:
    explicit acceptor(function<void()> accept) : accept_(std::move(accept)) {}
    void on_ready(bool, bool) noexcept override { accept_(); }

private:
    function<void()> accept_;
};

} // namespace

result<std::string> server::state::listen(std::string_view text) {
    BECKON_ASSIGN(const io::endpoint where, io::parse_endpoint(text));
    BECKON_TRY(make_protocol(
        where)); // an endpoint that nothing can speak is an error now, not at the first connection
    BECKON_ASSIGN(auto opened, open_listener(*inside, where).note(concat("listening on ", text)));
    io::endpoint real = where;
    real.address = opened->local_endpoint().address;
    if (!options.authenticator && is_open_to_others(real)) {
        inside->runtime()->log().write(
            log_level::warning, "BKN-LISTEN-OPEN",
            concat(io::to_string(real),
                   " is open to other machines and asks nobody who they are; without an "
                   "authenticator listen on 127.0.0.1"));
    }
    io::listener* const raw = opened.get();
    accept(*raw, where); // who is there already, as with stdio:, counts when this returns
    const std::lock_guard lock(mutex);
    auto watching = make_counted<acceptor>([weak = weak_from_this(), raw, where] {
        if (const auto self = weak.lock()) self->accept(*raw, where);
    });
    BECKON_ASSIGN(const io::watch_id watch,
                  inside->runtime()->loop().watch(opened->descriptor(), io::interest::read,
                                                  std::move(watching)));
    listeners.push_back({std::move(opened), watch});
    return io::to_string(real);
}

void server::state::accept(io::listener& from, const io::endpoint& where) {
    // A burst is taken in portions, so that other sessions get their turns.
    for (int i = 0; i < 64; ++i) {
        auto accepted = from.accept();
        if (!accepted) {
            inside->runtime()->log().write(log_level::warning, "BKN-ACCEPT-FAILED",
                                           accepted.error().to_string());
            return;
        }
        if (*accepted == nullptr) return;
        std::unique_ptr<io::byte_stream> stream = std::move(*accepted);
        std::string address;
        if (!stream->is_local()) {
            address = stream->peer_name();
            address.resize(std::min(address.rfind(':'), address.size()));
        }
        {
            const std::lock_guard lock(mutex);
            if (stopped) continue;
            if (const std::string reason = refusal(address); !reason.empty()) {
                inside->runtime()->log().write(
                    log_level::warning, "BKN-CONNECTIONS-LIMIT",
                    concat("connection from ", stream->peer_name(), " refused: ", reason));
                continue;
            }
        }
        auto speaks = make_protocol(where);
        if (!speaks) return;
        session_options settings;
        settings.limits = options.limits;
        settings.log = &inside->runtime()->log();
        settings.authenticator = options.authenticator;
        settings.send_traces = options.send_traces;
        const protocol* const spoken = speaks->get();
        auto begun = connection::start(inside->runtime(), std::move(stream), std::move(*speaks),
                                       shown.to(*spoken), std::move(settings), true,
                                       [weak = weak_from_this()](connection& over) {
                                           if (const auto self = weak.lock()) self->forget(&over);
                                       });
        if (!begun) continue;
        const std::lock_guard lock(mutex);
        if ((*begun)->is_over()) continue;
        if (stopped) {
            (*begun)->close(fail(errc::disconnected, "server stops"));
            continue;
        }
        sessions.push_back({std::move(*begun), std::move(address)});
    }
}

/// Why nobody more may connect, or nothing. REQUIRES: locked.
std::string server::state::refusal(const std::string& address) const {
    const limits& limit = options.limits;
    if (sessions.size() >= limit.max_connections) {
        return concat("there are ", sessions.size(), "; limit is ", limit.max_connections,
                      " (max_connections)");
    }
    if (address.empty()) return {};
    std::size_t same = 0;
    for (const open_session& each : sessions) same += each.address == address ? 1u : 0u;
    if (same < limit.max_connections_per_address) return {};
    return concat("there are ", same, " from that address; limit is ",
                  limit.max_connections_per_address, " (max_connections_per_address)");
}

void server::state::forget(const connection*) {
    std::vector<intrusive_ptr<session>> gone; // freed without the lock
    const std::lock_guard lock(mutex);
    for (std::size_t i = 0; i < sessions.size();) {
        if (sessions[i].conversation->is_over()) {
            gone.push_back(std::move(sessions[i].conversation));
            sessions[i] = std::move(sessions.back());
            sessions.pop_back();
        } else {
            ++i;
        }
    }
    changed.notify_all();
}

void server::state::stop() {
    std::vector<open_listener_entry> closing;
    std::vector<intrusive_ptr<session>> ending;
    {
        const std::lock_guard lock(mutex);
        stopped = true;
        closing = std::exchange(listeners, {});
        for (const open_session& each : sessions) ending.push_back(each.conversation);
        changed.notify_all();
    }
    for (auto& each : closing) {
        inside->runtime()->loop().unwatch(each.watch);
        each.accepts->close();
        // The accept that runs at this moment still uses it: it goes on the loop's own thread, behind that.
        inside->runtime()->loop().post([kept = std::move(each.accepts)] {});
    }
    for (const auto& each : ending) each->close(fail(errc::disconnected, "server stops"));
}

void server::state::drain(nanoseconds at_most) {
    const time_point until = deadline_after(inside->runtime()->clock().now(), at_most);
    std::vector<intrusive_ptr<session>> draining;
    {
        const std::lock_guard lock(mutex);
        for (auto& each : listeners) inside->runtime()->loop().unwatch(each.watch);
        for (const open_session& each : sessions) draining.push_back(each.conversation);
    }
    for (const auto& each : draining) each->drain(fail(errc::overloaded, "server stops"));
    for (const auto& each : draining) {
        while (!each->is_idle() && inside->runtime()->clock().now() < until) {
            std::unique_lock lock(mutex);
            changed.wait_for(lock, std::chrono::milliseconds(5));
        }
    }
    draining.clear();
    stop();
}

server::server(server_options options) : state_(std::make_shared<state>(std::move(options))) {}
server::~server() { stop(); }

void server::publish(std::string name, const object& reference) {
    state_->published->publish(std::move(name), reference.core());
}
bool server::withdraw(const std::string& name) { return state_->published->withdraw(name); }
void server::set_root(std::string name) { state_->published->set_root(std::move(name)); }
const std::shared_ptr<publications>& server::published() const noexcept {
    return state_->published;
}

result<std::string> server::try_listen(std::string_view endpoint) {
    return state_->listen(endpoint);
}
std::string server::listen(std::string_view endpoint) {
    auto real = try_listen(endpoint);
    if (!real) throw_error(std::move(real).error());
    return std::move(real).value();
}

void server::stop() { state_->stop(); }
void server::drain(nanoseconds at_most) { state_->drain(at_most); }

std::size_t server::connection_count() const {
    const std::lock_guard lock(state_->mutex);
    return state_->sessions.size();
}

namespace {
volatile std::sig_atomic_t asked_to_end = 0;
void note_signal(int) { asked_to_end = 1; }
} // namespace

void server::run() {
    asked_to_end = 0;
    struct sigaction previous_int {
    }, previous_term{}, noting{};
    noting.sa_handler = note_signal;
    sigaction(SIGINT, &noting, &previous_int);
    sigaction(SIGTERM, &noting, &previous_term);
    {
        std::unique_lock lock(state_->mutex);
        // A signal handler can wake no condition variable: look ten times a second.
        while (!state_->stopped && asked_to_end == 0)
            state_->changed.wait_for(lock, std::chrono::milliseconds(100));
    }
    sigaction(SIGINT, &previous_int, nullptr);
    sigaction(SIGTERM, &previous_term, nullptr);
    if (asked_to_end != 0) drain();
}

} // namespace beckon
