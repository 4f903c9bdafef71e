// How a server takes connections: listening, how many at once and in all, who they are.
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

/// Of a peer on another machine, without the port.
[[nodiscard]] std::string address_of(const io::byte_stream& stream) {
    if (stream.is_local()) return {};
    std::string address = stream.peer_name();
    address.resize(std::min(address.rfind(':'), address.size()));
    return address;
}

/// Whether messages prove whose they are.
[[nodiscard]] bool is_proven_by(const message_security_maker& security) {
    if (!security) return false;
    const auto made = security(security_side::accepting);
    return made && !(*made)->takes_bare_messages();
}

} // namespace

result<std::string> server::state::listen(std::string_view text) {
    if (is_carried(*inside, text)) return listen_carried(shared_from_this(), text);
    BECKON_ASSIGN(const io::endpoint where, io::parse_endpoint(text));
    BECKON_TRY(check(where)); // an error now, not at the first connection
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
    const bool asks_nobody =
        !options.authenticator && !options.connection_authenticator && !is_proven_by(security);
    if (asks_nobody && is_open_to_others(real)) {
        inside->runtime()->log().write(
            log_level::warning, "BKN-LISTEN-OPEN",
            concat(io::to_string(real),
                   " is open to other machines and asks nobody who they are; without an "
                   "authenticator listen on 127.0.0.1"));
    }
    const auto entry = std::make_shared<open_listener_entry>();
    entry->accepts = std::move(opened);
    entry->where = where;
    entry->security = std::move(security);
    entry->shared = shared_at(where);
    entry->owner = owner;
    entry->broken = std::move(broken);
    accept(*entry); // who is there already, as with stdio:, counts when this returns
    const std::lock_guard lock(mutex);
    if (stopped) return fail(errc::cancelled, "server stops");
    auto watching = make_counted<acceptor>([weak = weak_from_this(), entry] {
        if (const auto self = weak.lock()) self->accept(*entry);
    });
    BECKON_ASSIGN(entry->watch,
                  inside->runtime()->loop().watch(entry->accepts->descriptor(), io::interest::read,
                                                  std::move(watching)));
    listeners.push_back(entry);
    return as_peers_connect(real);
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
        auto accepted = from.accepts->accept();
        if (!accepted) {
            inside->runtime()->log().write(log_level::warning, "BKN-ACCEPT-FAILED",
                                           accepted.error().to_string());
            if (accepted.error().code() == errc::overloaded)
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
        take(std::move(come));
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
    if (stopped || is_full()) return;
    for (const auto& each : listeners) {
        if (!std::exchange(each->paused, false)) continue;
        static_cast<void>(inside->runtime()->loop().change(each->watch, io::interest::read));
    }
}

void server::state::take(arrival come) {
    {
        const std::lock_guard lock(mutex);
        if (stopped) return;
        if (const std::string reason = refusal(address_of(*come.stream)); !reason.empty()) {
            inside->runtime()->log().write(
                log_level::warning, "BKN-CONNECTIONS-LIMIT",
                concat("connection from ", come.stream->peer_name(), " refused: ", reason));
            return;
        }
        if (is_judged(come)) {
            ++deciding_;
        } else {
            ++taken_;
            ++beginning_;
        }
    }
    come.stream = keep_alive(std::move(come.stream), come.where, inside);
    if (!is_judged(come)) return begin(std::move(come), {});
    std::unique_ptr<io::byte_stream> offered = std::move(come.stream);
    const bool started = handshakes_.start(
        offered, options.connection_authenticator, options.limits.handshake_within,
        [weak = weak_from_this(), come = std::move(come)](std::unique_ptr<io::byte_stream> given,
                                                          result<std::string> who) mutable {
            const auto self = weak.lock();
            if (!self) return;
            {
                const std::lock_guard lock(self->mutex);
                --self->deciding_;
                if (who) {
                    ++self->taken_;
                    ++self->beginning_;
                }
                self->go_on_accepting();
            }
            come.stream = std::move(given);
            if (who) return self->begin(std::move(come), std::move(who).value());
            self->note_refused();
            self->inside->runtime()->log().write(log_level::warning, "BKN-CONNECT-REFUSED",
                                                 concat("connection from ",
                                                        come.stream->peer_name(), ": ",
                                                        who.error().to_string()));
        });
    if (started) return;
    const std::lock_guard lock(mutex);
    --deciding_;
    inside->runtime()->log().write(log_level::warning, "BKN-CONNECT-REFUSED",
                                   "no thread could be started for an authenticator");
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
    return options.connection_authenticator && come.text.empty();
}

result<std::unique_ptr<protocol>> server::state::speak(const arrival& come) const {
    const bool dialled = !come.text.empty();
    const auto side = dialled ? security_side::connecting : security_side::accepting;
    if (carried.speaks) return carried.speaks(come.where, side);
    if (!dialled) return make_protocol(*inside, come.where, come.security, side, come.shared);
    BECKON_ASSIGN(const message_security_maker security,
                  security_at(come.where, security_side::connecting));
    return make_protocol(*inside, come.where,
                         inside->way_to_speak(come.text) % ways_to_speak(come.where), security);
}

intrusive_ptr<servant> server::state::show(const protocol& spoken, const std::string& peer,
                                           const shown_object& published_here) const {
    return carried.shows ? carried.shows(peer) : published_here.to(spoken);
}

void server::state::begin(arrival come, std::string caller) {
    auto speaks = speak(come);
    if (speaks && come.text.empty()) {
        const std::string peer = come.stream->peer_name();
        auto made = make_stream(
            come.where, {.below = std::move(come.stream), .side = security_side::accepting});
        if (!made) {
            inside->runtime()->log().write(
                log_level::warning, "BKN-CONNECT-REFUSED",
                concat("connection with ", peer, ": ", made.error().to_string()));
            const std::lock_guard lock(mutex);
            --beginning_;
            return changed.notify_all();
        }
        come.stream = std::move(*made);
    }
    if (!speaks) { // a file of keys that is read for each connection may have gone
        inside->runtime()->log().write(
            log_level::warning, "BKN-CONNECT-REFUSED",
            concat("connection with ", come.stream->peer_name(), ": ", speaks.error().to_string()));
        const std::lock_guard lock(mutex);
        --beginning_;
        return changed.notify_all();
    }
    open_session entry;
    entry.address = address_of(*come.stream);
    entry.owner = come.owner;
    entry.reaches = come.stream->reaches();
    const bool dialled = !come.text.empty();
    session_options settings;
    settings.limits = options.limits;
    settings.log = &inside->runtime()->log();
    settings.send_traces = options.send_traces;
    settings.caller = std::move(caller);
    settings.endpoint = come.text;
    if (dialled) {
        settings.user = carried.user;
        settings.secret = carried.secret;
    } else {
        settings.authenticator = options.authenticator;
    }
    std::shared_ptr<visit> visiting;
    std::shared_ptr<publications> names = published;
    std::optional<shown_object> own;
    if (published->has_events()) {
        std::shared_ptr<publications> apart;
        if (published->has_makers()) {
            apart = std::make_shared<publications>(published);
            own.emplace(apart);
            names = apart;
        }
        visiting = std::make_shared<visit>(published, std::move(apart));
        settings.holds_calls = true;
        // Else we would guess its way, or who it is.
        settings.known_by_first_message =
            !dialled && (ways_to_speak(come.where) > 1 || come.security);
        settings.on_known = [visiting](session& conversation) {
            visiting->begin(conversation, true);
        };
    }
    {
        const std::lock_guard lock(mutex);
        if (stopped) return static_cast<void>(--beginning_);
        if (visiting) visits_.push_back(visiting);
        entry.name = take_name(come);
    }
    settings.name = entry.name;
    settings.authorize = make_authorizer(options.authorize, std::move(names));
    const protocol* const spoken = speaks->get();
    auto begun =
        connection::start(inside->runtime(), std::move(come.stream), std::move(*speaks),
                          show(*spoken, entry.name, own ? *own : shown), std::move(settings), true,
                          [weak = weak_from_this(), visiting,
                           lease = std::move(come.lease)](connection& over) mutable {
                              if (visiting) visit::end_soon(visiting, over.conversation());
                              if (const auto self = weak.lock()) self->forget();
                              lease.reset();
                          });
    bool too_late = false;
    bool is_last = false;
    {
        const std::lock_guard lock(mutex);
        --beginning_;
        too_late = stopped;
        is_last = options.connections_in_all != 0 && taken_ >= options.connections_in_all;
        if (begun && !stopped && !(*begun)->is_over()) {
            entry.conversation = *begun;
            names_[entry.name] = *begun;
            sessions.push_back(std::move(entry));
        } else {
            names_.erase(entry.name);
        }
    }
    if (begun && too_late) (*begun)->close(fail(errc::disconnected, "server stops"));
    if (begun && on_begun) on_begun(*begun);
    forget(); // it may have ended before it was known here
    if (is_last) close_listeners();
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
    std::size_t same = 0;
    for (const open_session& each : sessions) same += each.address == address ? 1u : 0u;
    if (same < limit.max_connections_per_address) return {};
    return concat("there are ", same, " from that address; limit is ",
                  limit.max_connections_per_address, " (max_connections_per_address)");
}

} // namespace beckon
