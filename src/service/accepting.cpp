// How a server takes connections: listening, how many at once and in all, who they are.
#include "object/guarded.hpp"
#include "service/carrying.hpp"
#include "service/keepalive_stream.hpp"
#include "service/listen.hpp"
#include "service/server_state.hpp"

namespace beckon {

namespace {

/// Accepts when the loop says there is somebody.
class acceptor final : public io::watcher {
public:
    explicit acceptor(function<void()> accept) : accept_(std::move(accept)) {}
    void on_ready(bool, bool) noexcept override { accept_(); }

private:
    function<void()> accept_;
};

/// Whether messages prove whose they are.
[[nodiscard]] bool is_proven_by(const message_security_maker& security) {
    if (!security) return false;
    const auto made = guarded([&] { return security(security_side::accepting); });
    return made && !(*made)->takes_bare_messages();
}

} // namespace

result<std::string> server::state::listen(std::string_view text) {
    if (is_carried(*inside, text)) return listen_carried(shared_from_this(), text);
    BECKON_ASSIGN(const io::endpoint where, io::parse_endpoint(text));
    const bool shares = may_share(where);
    if (!shares || where.protocol != any_protocol)
        BECKON_TRY(check(where)); // an error now, not at the first connection
    if (shares) return listen_shared(where).note(concat("listening on ", text));
    BECKON_ASSIGN(const io::endpoint real,
                  open(where, nullptr, nullptr).note(concat("listening on ", text)));
    return io::to_string(real);
}

result<io::endpoint> server::state::open(const io::endpoint& where, const void* owner,
                                         function<void(error)> broken) {
    BECKON_ASSIGN(const auto spoken, speak_at(where));
    BECKON_ASSIGN(message_security_maker security, security_at(where, security_side::accepting));
    BECKON_ASSIGN(auto opened, open_listener(*inside, where, options.limits, *spoken));
    io::endpoint real = where;
    real.address = opened->local_endpoint().address;
    warn_if_open(real, security);
    const auto entry = std::make_shared<open_listener_entry>();
    entry->accepts = std::move(opened);
    entry->where = where;
    entry->security = std::move(security);
    entry->shared = shared_at(where, [this] { return jobs(); });
    entry->owner = owner;
    entry->broken = std::move(broken);
    accept(*entry); // who is there already, as with stdio:, counts when this returns
    BECKON_TRY(start_accepting(entry));
    const std::lock_guard lock(mutex);
    entry->told.emplace_back(next_number_++, as_peers_connect(real));
    return entry->told.back().second;
}

bool server::state::warn_if_open(const io::endpoint& real, const message_security_maker& security) {
    if (options.authenticator || options.connection_authenticator || is_proven_by(security))
        return false;
    if (!is_open_to_others(real)) return false;
    inside->runtime()->log().write(
        log_level::warning, "BKN-LISTEN-OPEN",
        concat(io::to_string(real),
               " is open to other machines and asks nobody who they are; without an "
               "authenticator listen on 127.0.0.1"));
    return true;
}

result<void> server::state::start_accepting(const std::shared_ptr<open_listener_entry>& entry) {
    const std::lock_guard lock(mutex);
    if (stopped) return fail(errc::cancelled, "server stops");
    auto watching = make_counted<acceptor>([weak = weak_from_this(), entry] {
        if (const auto self = weak.lock()) self->accept(*entry);
    });
    BECKON_ASSIGN(entry->watch,
                  inside->runtime()->loop().watch(entry->accepts->descriptor(), io::interest::read,
                                                  std::move(watching)));
    listeners.push_back(entry);
    return {};
}

void server::state::accept(open_listener_entry& from) {
    // A burst is taken in portions, so that other sessions get their turns.
    for (int i = 0; i < 64; ++i) {
        {
            const std::lock_guard lock(mutex);
            if (stopped) return;
            if (is_full() && !from.accepts->feeds_streams()) {
                from.paused = true;
                if (from.watch)
                    static_cast<void>(
                        inside->runtime()->loop().change(from.watch, io::interest::none));
                return;
            }
        }
        bool thrown =
            false; // by a listener of the program: that says nothing of the next connection
        result<std::unique_ptr<io::byte_stream>> accepted = std::unique_ptr<io::byte_stream>();
        try {
            accepted = from.accepts->accept();
        } catch (...) {
            thrown = true;
            accepted = error_of_current_exception();
        }
        if (!accepted) {
            inside->runtime()->log().write(log_level::warning, "BKN-ACCEPT-FAILED",
                                           accepted.error().to_string());
            if (thrown || accepted.error().code() == errc::overloaded)
                leave_alone(from, io::retry_accept_after);
            else
                give_up(from, std::move(accepted).error());
            return;
        }
        if (*accepted == nullptr) return;
        arrival come;
        come.stream = std::move(*accepted);
        come.where = from.where;
        come.security = from.security;
        come.shared = from.shared;
        come.owner = from.owner;
        {
            const std::lock_guard lock(mutex);
            come.among = from.among;
        }
        contain([&] { come.among ? route(std::move(come)) : take(std::move(come)); });
    }
}

/// Whether who comes now has to wait. REQUIRES: locked.
bool server::state::is_full() const {
    if (left_to_come() == 0) return true;
    if (options.connection_authenticator && deciding_ >= max_connection_handshakes) return true;
    return options.when_full == when_full::wait &&
           sessions.size() + beginning_ + deciding_ >= options.limits.max_connections;
}

/// Of `connections_in_all`. REQUIRES: locked.
std::size_t server::state::left_to_come() const {
    const std::size_t all = options.connections_in_all;
    return all == 0 ? ~std::size_t{0} : all - std::min(all, taken_ + deciding_);
}

void server::state::leave_alone(open_listener_entry& entry, nanoseconds length) {
    const std::lock_guard lock(mutex);
    if (!entry.watch || entry.paused) return;
    io::event_loop& loop = inside->runtime()->loop();
    entry.paused = true;
    static_cast<void>(loop.change(entry.watch, io::interest::none));
    static_cast<void>(loop.schedule_at(deadline_after(inside->runtime()->clock().now(), length),
                                       [weak = weak_from_this()] {
                                           const auto self = weak.lock();
                                           if (!self) return;
                                           const std::lock_guard again(self->mutex);
                                           self->go_on_accepting();
                                       }));
}

/// It cannot accept any more: whoever opened it is told.
void server::state::give_up(open_listener_entry& entry, error reason) {
    function<void(error)> broken;
    {
        const std::lock_guard lock(mutex);
        if (entry.watch)
            static_cast<void>(inside->runtime()->loop().change(entry.watch, io::interest::none));
        broken = std::exchange(entry.broken, nullptr);
    }
    if (broken) broken(std::move(reason));
}

/// There may be room again. REQUIRES: locked.
void server::state::go_on_accepting() {
    if (stopped) return;
    const bool full = is_full();
    for (const auto& each : listeners) {
        if (full && !each->accepts->feeds_streams()) continue;
        if (!std::exchange(each->paused, false)) continue;
        static_cast<void>(inside->runtime()->loop().change(each->watch, io::interest::read));
    }
}

void server::state::take(arrival come) {
    std::string address = address_of(*come.stream);
    {
        const std::lock_guard lock(mutex);
        if (stopped) return;
        std::string reason = refusal(address);
        if (reason.empty() && is_judged(come)) reason = refusal_to_judge(address);
        if (!reason.empty()) {
            inside->runtime()->log().write(
                log_level::warning, "BKN-CONNECTIONS-LIMIT",
                concat("connection from ", come.stream->peer_name(), " refused: ", reason));
            return;
        }
        if (is_judged(come)) {
            ++deciding_;
            ++judged_from_[address];
        } else {
            ++taken_;
            ++beginning_;
        }
    }
    if (!come.among) come.stream = keep_alive(std::move(come.stream), come.where, inside);
    if (!is_judged(come)) return begin(std::move(come), {});
    std::unique_ptr<io::byte_stream> offered = std::move(come.stream);
    const bool started = handshakes_.start(
        offered, options.connection_authenticator, options.limits.handshake_within,
        [weak = weak_from_this(), come = std::move(come),
         address](std::unique_ptr<io::byte_stream> given, result<std::string> who) mutable {
            come.stream = std::move(given);
            if (const auto self = weak.lock())
                self->contain([&] { self->decided(std::move(come), address, std::move(who)); });
        });
    if (started) return;
    const std::lock_guard lock(mutex);
    note_judged(address);
    inside->runtime()->log().write(log_level::warning, "BKN-CONNECT-REFUSED",
                                   "no thread could be started for an authenticator");
}

/// Nobody shall keep all authenticators waiting, and with them everybody else. REQUIRES: locked.
std::string server::state::refusal_to_judge(const std::string& address) const {
    constexpr std::size_t most = max_connection_handshakes / 4;
    const auto same = judged_from_.find(address);
    if (address.empty() || same == judged_from_.end() || same->second < most) return {};
    return concat(same->second, " from that address are being authenticated; limit is ", most);
}

/// REQUIRES: locked.
void server::state::note_judged(const std::string& address) {
    --deciding_;
    if (const auto same = judged_from_.find(address); --same->second == 0) judged_from_.erase(same);
}

/// An authenticator has decided, on a thread of its own.
void server::state::decided(arrival come, const std::string& address, result<std::string> who) {
    {
        const std::lock_guard lock(mutex);
        note_judged(address);
        if (who) {
            ++taken_;
            ++beginning_;
        }
        go_on_accepting();
    }
    if (who) return begin(std::move(come), std::move(who).value());
    note_refused();
    log().write(
        log_level::warning, "BKN-CONNECT-REFUSED",
        concat("connection from ", come.stream->peer_name(), ": ", who.error().to_string()));
}

/// A server that was made for one connection has nothing left to do where that is refused.
void server::state::note_refused() {
    const std::lock_guard lock(mutex);
    if (options.connections_in_all == 0 || !listeners.empty()) return;
    finished = true;
    changed.notify_all();
}

/// Whether an authenticator of connections is to see it. Whom we dial we know.
bool server::state::is_judged(const arrival& come) const {
    return options.connection_authenticator && come.text.empty() && !come.judged_later;
}

/// Why nobody more may connect, or nothing. REQUIRES: locked.
std::string server::state::refusal(const std::string& address) const {
    const limits& limit = options.limits;
    if (left_to_come() == 0) {
        return concat("there were ", taken_, " already; limit is ", options.connections_in_all,
                      " (connections_in_all)");
    }
    const std::size_t there = sessions.size() + beginning_ + deciding_;
    if (there >= limit.max_connections) {
        return concat("there are ", there, "; limit is ", limit.max_connections,
                      " (max_connections)");
    }
    if (address.empty()) return {};
    std::size_t same = undecided_from(address);
    for (const auto& [number, each] : crossing_) same += each == address ? 1u : 0u;
    for (const open_session& each : sessions) same += each.address == address ? 1u : 0u;
    if (same < limit.max_connections_per_address) return {};
    return concat("there are ", same, " from that address; limit is ",
                  limit.max_connections_per_address, " (max_connections_per_address)");
}

} // namespace beckon
