// How a server makes a conversation of a stream, and what becomes of one that it cannot be made of.
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
    settings.authorize = make_authorizer(asks, std::move(names));
    const bool guessed = !come.text.empty() && !carried.speaks && ways_to_speak(come.where) > 1;
    auto begun = guarded([&] {
        auto first = show(*speaks, entry.name, own ? *own : shown);
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
    const auto peer = guarded([&] { return result<std::string>(come.stream->peer_name()); });
    auto made = guarded([&] { return make_session(come, std::move(caller)); });
    bool is_last = false;
    bool is_told = false;
    {
        const std::lock_guard lock(mutex);
        if (!made) --beginning_;
        is_told = !made && !stopped;
        is_last = options.connections_in_all != 0 && taken_ >= options.connections_in_all;
    }
    if (is_told) {
        log().write(log_level::warning, "BKN-CONNECT-REFUSED",
                    concat("connection with ", peer ? *peer : peer.error().to_string(), ": ",
                           made.error().to_string()));
    }
    if (made && made->too_late) made->conversation->close(fail(errc::disconnected, "server stops"));
    if (made && on_begun) on_begun(made->conversation);
    forget(); // it may have ended before it was known here
    if (is_last) close_listeners(which_listeners::those_that_feed_nobody);
}

} // namespace beckon
