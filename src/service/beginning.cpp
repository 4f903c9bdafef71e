// How a server makes a conversation of a stream, and what becomes of one that it cannot be made of.
#include "service/gate_asked_by_calls.hpp"
#include "service/named_protocol.hpp"
#include "service/server_state.hpp"
#include "service/transport_facts.hpp"

namespace beckon {

authorizer server::state::asks_of(const server_options& options) {
    if (!options.admission) return options.authorize;
    return [next = options.authorize,
            gate = options.admission](const access_question& asked) -> result<void> {
        if (next) BECKON_TRY(next(asked));
        return gate->check(asked);
    };
}

/// Of a conversation in that protocol.
authorizer server::state::asks_in(std::string_view protocol) const {
    const named_protocol* const known = named(protocol);
    if (known == nullptr || !known->asks_by_calls) return asks;
    auto gate = std::dynamic_pointer_cast<gate_asked_by_calls>(options.admission);
    if (!gate) return asks;
    return [next = options.authorize,
            gate = std::move(gate)](const access_question& asked) -> result<void> {
        if (next) BECKON_TRY(next(asked));
        return gate->check_or_enter(asked);
    };
}

struct server::state::begun_session {
    intrusive_ptr<session> conversation;
    bool too_late = false; ///< The server has stopped meanwhile.
};

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

session_options server::state::settings_of(const arrival& come, std::string caller) const {
    session_options settings;
    settings.limits = options.limits;
    settings.log = &log();
    settings.send_traces = options.send_traces;
    settings.lasts = keeps_peers(come.where);
    settings.caller = std::move(caller);
    settings.endpoint = come.text;
    if (!come.text.empty()) {
        settings.user = carried.user;
        settings.secret = carried.secret;
    } else {
        settings.authenticator = options.authenticator;
    }
    return settings;
}

/// Counted in `beginning_` until it gives a session; what it has noted of one that it cannot make it takes back.
result<server::state::begun_session> server::state::make_session(arrival& come,
                                                                 std::string caller) {
    BECKON_ASSIGN(auto speaks, speak(come)); // a file of keys, read for each, may have gone
    open_session entry;
    entry.address = address_of(*come.stream);
    entry.owner = come.owner;
    entry.reaches = come.stream->reaches();
    if (come.text.empty()) {
        BECKON_ASSIGN(come.stream, make_stream(come.where, {.below = std::move(come.stream),
                                                            .side = security_side::accepting}));
    }
    session_options settings = settings_of(come, std::move(caller));
    std::shared_ptr<visit> visiting;
    const std::shared_ptr<publications>& shows = come.across ? come.across->told() : published;
    std::shared_ptr<publications> names = shows;
    std::optional<shown_object> own;
    if (shows->has_events()) {
        std::shared_ptr<publications> apart;
        if (shows->has_makers()) {
            apart = std::make_shared<publications>(shows);
            own.emplace(apart);
            names = apart;
        }
        visiting = std::make_shared<visit>(shows, std::move(apart));
        settings.holds_calls = true;
        // Else we would guess its way, or who it is.
        settings.known_by_first_message =
            come.text.empty() && (ways_to_speak(come.where) > 1 || come.security);
        settings.on_known = [visiting](session& conversation) {
            visiting->begin(conversation, true);
        };
    }
    {
        const std::lock_guard lock(mutex);
        if (stopped) return fail(errc::cancelled, "server stops");
        entry.name = take_name(come);
        if (visiting) visits_.push_back(visiting);
    }
    settings.name = entry.name;
    settings.authorize = make_authorizer(asks_in(come.where.protocol), std::move(names));
    const bool guessed = !come.text.empty() && !carried.speaks && ways_to_speak(come.where) > 1;
    {
        const std::lock_guard lock(mutex);
        ++starting_;
    }
    auto begun = guarded([&] {
        auto first = come.across ? come.across->show(*speaks)
                                 : show(*speaks, entry.name, own ? *own : shown);
        return connection::start(inside->runtime(), std::move(come.stream), std::move(speaks),
                                 std::move(first), std::move(settings), true,
                                 [weak = weak_from_this(), visiting, lease = std::move(come.lease),
                                  guessed, text = come.text](connection& over) mutable {
                                     const auto self = weak.lock();
                                     // The next connection to there is spoken to in the next way.
                                     if (self && guessed && !over.conversation().has_heard())
                                         self->inside->try_next_way_to_speak(text);
                                     if (visiting) visit::end_soon(visiting, over.conversation());
                                     if (self && self->options.admission)
                                         self->options.admission->gone(
                                             over.conversation().unnamed().conversation);
                                     if (self) self->forget();
                                     lease.reset();
                                 });
    });
    const std::lock_guard lock(mutex);
    --starting_;
    if (!begun || stopped || (*begun)->is_over()) names_.erase(entry.name);
    if (!begun) {
        std::erase(visits_, visiting);
        return std::move(begun).error();
    }
    begun_session made{*begun, stopped};
    if (!stopped && !(*begun)->is_over()) {
        entry.conversation = *begun;
        names_[entry.name] = *begun;
        sessions.push_back(std::move(entry));
    }
    --beginning_;
    return made;
}

void server::state::begin(arrival come, std::string caller) {
    if (come.among) return tell_apart(std::move(come), std::move(caller));
    if (is_bridge && !come.across) return cross(std::move(come), std::move(caller));
    const auto peer = guarded([&] { return result<std::string>(come.stream->peer_name()); });
    auto made = guarded([&] { return make_session(come, std::move(caller)); });
    if (!made) return fail_to_begin(peer ? *peer : peer.error().to_string(), made.error());
    if (made->too_late) made->conversation->close(fail(errc::disconnected, "server stops"));
    if (on_begun) on_begun(made->conversation);
    go_on_without();
}

/// Counted in `beginning_` all the while, and where it is passed on to its end.
void server::state::cross(arrival come, std::string caller) {
    const auto bridge = crosses.lock();
    std::uint64_t number = 0;
    {
        const std::lock_guard lock(mutex);
        number = next_number_++;
        crossing_.emplace(number, address_of(*come.stream));
    }
    const auto crossed = [weak = weak_from_this(), number]() -> std::shared_ptr<state> {
        auto self = weak.lock();
        if (!self) return {};
        const std::lock_guard lock(self->mutex);
        self->crossing_.erase(number);
        return self;
    };
    const auto over = [crossed] {
        const auto self = crossed();
        if (!self) return;
        {
            const std::lock_guard lock(self->mutex);
            --self->beginning_;
        }
        self->go_on_without();
    };
    if (!bridge) return over(); // it ends
    bridge->cross(
        std::move(come),
        [crossed, caller = std::move(caller)](arrival back) mutable {
            const auto self = crossed();
            if (self) self->contain([&] { self->begin(std::move(back), std::move(caller)); });
        },
        over);
}

void server::state::fail_to_begin(std::string_view peer, const error& why) {
    bool is_told = false;
    {
        const std::lock_guard lock(mutex);
        --beginning_;
        is_told = !stopped;
    }
    if (is_told) {
        log().write(log_level::warning, "BKN-CONNECT-REFUSED",
                    concat("connection with ", peer, ": ", why.to_string()));
    }
    go_on_without();
}

/// A connection has become a session, or has not.
void server::state::go_on_without() {
    bool is_last = false;
    {
        const std::lock_guard lock(mutex);
        is_last = options.connections_in_all != 0 && taken_ >= options.connections_in_all;
    }
    forget(); // it may have ended before it was known here
    if (is_last) close_listeners(which_listeners::those_that_feed_nobody);
}

} // namespace beckon
