#include "beckon/service/bridge.hpp"

#include <deque>
#include <map>
#include <mutex>

#include "beckon/object/exception.hpp"
#include "io/parting_words.hpp"
#include "io/readiness.hpp"
#include "service/bridge/known_types.hpp"
#include "service/bridge/link.hpp"
#include "service/bridge/recording.hpp"
#include "service/bridge/relay.hpp"
#include "service/carrying.hpp"
#include "service/dial.hpp"
#include "service/handshakes.hpp"
#include "service/server_state.hpp"

namespace beckon {

class bridge::state final : public crossing, public std::enable_shared_from_this<bridge::state> {
public:
    state(std::string to, io::endpoint where, bridge_options options,
          std::shared_ptr<bridging::known_types> types)
        : to_(std::move(to)), where_(std::move(where)), options_(std::move(options)),
          types_(std::move(types)), server_(options_.serving) {}

    [[nodiscard]] result<void> open();
    void stop();
    [[nodiscard]] result<std::string> listen(std::string_view endpoint);
    [[nodiscard]] server& serves() noexcept { return server_; }

    void cross(arrival come, function<void(arrival)> go_on, function<void()> over) override;
    [[nodiscard]] std::size_t relay_count() const {
        const std::lock_guard lock(mutex_);
        return relays_.size();
    }

private:
    using stream = std::unique_ptr<io::byte_stream>;

    [[nodiscard]] result<void> check_types(const io::endpoint& listened) const;
    /// Whether nobody is to be asked who sees messages alone.
    [[nodiscard]] bool may_relay() const;
    /// Runs `connects` on a thread of its own, so many at once, then `then` with the client's stream, and with an error where
    /// nothing was done.
    void reach(stream client, function<void()> connects, function<void(stream, result<void>)> then);
    void reach_now(stream client, function<void()> connects,
                   function<void(stream, result<void>)> then);
    void reach_next();
    void pass_objects(arrival come, function<void(arrival)> go_on, function<void()> over);
    void pass_messages(stream client, relay_rules rules, function<void()> over);
    [[nodiscard]] result<void> start_relay(stream client, stream server, relay_rules rules,
                                           function<void()>& over);
    [[nodiscard]] result<stream> dial() const;
    /// Records what passes through it, if anything is recorded.
    [[nodiscard]] stream recorded(stream inner, std::uint64_t conversation) const;
    [[nodiscard]] std::uint64_t next_number() {
        const std::lock_guard lock(mutex_);
        return ++last_number_;
    }
    void forget(std::uint64_t number);

    const std::string to_;
    const io::endpoint where_;
    const bridge_options options_;
    const std::shared_ptr<bridging::known_types> types_;
    server server_;
    handshakes reaching_;                      ///< Threads that connect to the other side.
    std::shared_ptr<io::ready_flag> given_up_; ///< What they look at while they wait.
    std::shared_ptr<recorder> records_;
    mutable std::mutex mutex_;
    bool is_stopped_ = false;
    std::size_t reaching_now_ = 0;
    std::deque<function<void()>> waiting_; ///< To be reached when others have been.
    std::uint64_t last_number_ = 0;
    std::map<std::uint64_t, intrusive_ptr<relay>> relays_;
    std::uint64_t last_link_ = 0;
    std::map<std::uint64_t, std::weak_ptr<bridging::link>>
        reached_for_; ///< Whose other side is being reached.
};

result<void> bridge::state::open() {
    const auto& inner = server_.state_;
    inner->is_bridge = true;
    inner->crosses = weak_from_this();
    BECKON_ASSIGN(io::ready_flag flag, io::ready_flag::create());
    given_up_ = std::make_shared<io::ready_flag>(std::move(flag));
    if (options_.record.empty()) return {};
    recorder_options how;
    how.context = inner->inside;
    if (options_.schema) how.schema = std::make_shared<const schema::document>(*options_.schema);
    BECKON_ASSIGN(records_, make_recorder(options_.record, std::move(how)));
    return {};
}

void bridge::state::stop() {
    std::map<std::uint64_t, intrusive_ptr<relay>> ending;
    std::deque<function<void()>> dropped;
    std::map<std::uint64_t, std::weak_ptr<bridging::link>> reached_for;
    {
        const std::lock_guard lock(mutex_);
        is_stopped_ = true;
        if (given_up_) given_up_->show(true);
        std::swap(reached_for, reached_for_);
        std::swap(ending, relays_);
        std::swap(dropped, waiting_);
    }
    dropped.clear();
    for (const auto& [number, each] : reached_for) {
        if (const auto link = each.lock()) link->close(fail(errc::cancelled, "bridge stops"));
    }
    reaching_.stop();
    for (const auto& [number, each] : ending) each->close();
    server_.stop();
    if (records_) records_->flush();
}

/// Who can be told no types can say nothing there.
result<void> bridge::state::check_types(const io::endpoint& listened) const {
    if (types_->has_schema() || listened.protocol == any_protocol) return {};
    const auto& inside = *server_.state_->inside;
    BECKON_ASSIGN(const auto near, make_protocol(inside, listened));
    BECKON_ASSIGN(const auto far, make_protocol(inside, where_));
    const bool near_needs = !near->traits().dynamic || !near->traits().tells_types;
    if (listened.protocol == where_.protocol || !near_needs || !far->traits().dynamic) return {};
    return fail(errc::unsupported, "peers of ", listened.protocol,
                " need to know the types of what ", where_.protocol, " has at ", to_,
                ", and nobody tells them: give a schema");
}

result<std::string> bridge::state::listen(std::string_view endpoint) {
    if (!is_carried(*server_.state_->inside, endpoint)) {
        BECKON_ASSIGN(const io::endpoint where, io::parse_endpoint(endpoint));
        BECKON_TRY(check_types(where));
    }
    return server_.try_listen(endpoint);
}

bool bridge::state::may_relay() const {
    const server_options& serving = options_.serving;
    return options_.passes_messages && !serving.authenticator && !serving.authorize &&
           !serving.admission && !serving.security && !options_.reaching.security;
}

bridge::state::stream bridge::state::recorded(stream inner, std::uint64_t conversation) const {
    return records_ ? record(std::move(inner), records_, where_, conversation) : std::move(inner);
}

void bridge::state::cross(arrival come, function<void(arrival)> go_on, function<void()> over) {
    if (may_relay()) {
        if (auto rules = rules_between(*server_.state_->inside, come.where, where_))
            return pass_messages(std::move(come.stream), std::move(*rules), std::move(over));
    }
    pass_objects(std::move(come), std::move(go_on), std::move(over));
}

void bridge::state::reach(stream client, function<void()> connects,
                          function<void(stream, result<void>)> then) {
    {
        const std::lock_guard lock(mutex_);
        if (reaching_now_ >= max_connection_handshakes && !is_stopped_) {
            waiting_.push_back([this, client = std::move(client), connects = std::move(connects),
                                then = std::move(then)]() mutable {
                reach_now(std::move(client), std::move(connects), std::move(then));
            });
            return;
        }
        ++reaching_now_;
    }
    reach_now(std::move(client), std::move(connects), std::move(then));
}

void bridge::state::reach_now(stream client, function<void()> connects,
                              function<void(stream, result<void>)> then) {
    const auto done = std::make_shared<function<void(stream, result<void>)>>(std::move(then));
    const bool started = reaching_.start(
        client,
        [shared = std::make_shared<function<void()>>(std::move(connects))](
            raw_connection&) -> result<std::string> {
            (*shared)();
            return std::string();
        },
        options_.serving.limits.handshake_within,
        [self = shared_from_this(), done](stream given, const result<std::string>& outcome) {
            (*done)(std::move(given), outcome ? result<void>() : result<void>(outcome.error()));
            self->reach_next();
        });
    if (started) return;
    (*done)(std::move(client), fail(errc::cancelled, "bridge stops, or no thread can be started"));
    reach_next();
}

void bridge::state::reach_next() {
    function<void()> next;
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.empty()) return static_cast<void>(--reaching_now_);
        next = std::move(waiting_.front());
        waiting_.pop_front();
    }
    next();
}

void bridge::state::pass_objects(arrival come, function<void(arrival)> go_on,
                                 function<void()> over) {
    const auto made = bridging::link::make(types_);
    std::uint64_t number = 0;
    {
        const std::lock_guard lock(mutex_);
        number = ++last_link_;
        if (!is_stopped_) reached_for_.emplace(number, made);
    }
    stream client = std::move(come.stream);
    reach(
        std::move(client),
        [self = shared_from_this(), made, number] {
            {
                const std::lock_guard lock(self->mutex_);
                if (!self->reached_for_.contains(number)) return; // the bridge stops
            }
            // A server that has to be called again, in another dialect, is another conversation.
            auto reached = made->reach(
                self->to_, self->options_.reaching,
                [self](stream inner) {
                    return self->recorded(std::move(inner), self->next_number());
                },
                self->given_up_);
            {
                const std::lock_guard lock(self->mutex_);
                if (self->reached_for_.erase(number) == 0) return; // nobody need be told
            }
            if (reached) return;
            self->server_.state_->log().write(log_level::warning, "BKN-BRIDGE-UNREACHED",
                                              reached.error().to_string());
        },
        [made, come = std::move(come), go_on = std::move(go_on),
         over = std::move(over)](stream given, const result<void>& outcome) mutable {
            if (!outcome) return over();
            come.stream = std::move(given);
            come.across = made;
            go_on(std::move(come));
        });
}

result<bridge::state::stream> bridge::state::dial() const {
    const connect_options& reaching = options_.reaching;
    auto& inside = *server_.state_->inside;
    BECKON_ASSIGN(const auto spoken, make_protocol(inside, where_));
    return beckon::dial(inside, where_, to_,
                        {.timeout = reaching.timeout,
                         .handshake_within = reaching.limits.handshake_within,
                         .max_message_bytes = max_message_bytes(reaching.limits, *spoken),
                         .message_within = reaching.limits.message_within,
                         .min_message_progress = reaching.limits.min_message_progress,
                         .handshake = reaching.handshake,
                         .given_up = given_up_,
                         .is_bare = true});
}

void bridge::state::pass_messages(stream client, relay_rules rules, function<void()> over) {
    const auto reached = std::make_shared<result<stream>>(stream());
    reach(
        std::move(client), [self = shared_from_this(), reached] { *reached = self->dial(); },
        [self = shared_from_this(), reached, rules = std::move(rules),
         over = std::move(over)](stream given, result<void> outcome) mutable {
            const std::string peer = given->peer_name();
            if (outcome && !*reached) outcome = reached->error();
            if (outcome) {
                outcome = self->start_relay(std::move(given), std::move(*reached).value(),
                                            std::move(rules), over);
            }
            if (outcome) return;
            self->server_.state_->log().write(
                log_level::warning, "BKN-CONNECT-REFUSED",
                concat("connection with ", peer, ": ", outcome.error().to_string()));
            if (given != nullptr)
                io::end_because(*given, errc::disconnected, outcome.error().message());
            over();
        });
}

result<void> bridge::state::start_relay(stream client, stream server, relay_rules rules,
                                        function<void()>& over) {
    const std::uint64_t number = next_number();
    if (rules.dial_again) {
        rules.dial_again = [self = shared_from_this()](const limits&) -> result<stream> {
            BECKON_ASSIGN(stream made, self->dial());
            return self->recorded(std::move(made), self->next_number());
        };
    }
    const std::lock_guard lock(mutex_); // it is over only after it is known here
    if (is_stopped_) return fail(errc::cancelled, "bridge stops");
    auto& log = server_.state_->log();
    const std::string peer = client->peer_name();
    const auto ended = std::make_shared<function<void()>>(std::move(over));
    auto begun = relay::start(
        server_.state_->inside->runtime(), std::move(client), recorded(std::move(server), number),
        std::move(rules), options_.serving.limits,
        [weak = weak_from_this(), number, peer, &log, ended](const std::optional<error>& why) {
            if (why) {
                log.write(log_level::info, "BKN-RELAY-BROKEN",
                          concat(peer, ": ", why->to_string()));
            }
            (*ended)();
            if (const auto self = weak.lock()) self->forget(number);
        });
    if (!begun) {
        over = std::move(*ended);
        return std::move(begun).error();
    }
    relays_.emplace(number, std::move(*begun));
    return {};
}

void bridge::state::forget(std::uint64_t number) {
    intrusive_ptr<relay> gone; // freed without the lock
    const std::lock_guard lock(mutex_);
    const auto found = relays_.find(number);
    if (found == relays_.end()) return;
    gone = std::move(found->second);
    relays_.erase(found);
}

bridge::bridge(std::string_view to, bridge_options options) {
    auto made = make(to, std::move(options));
    if (!made) throw_error(std::move(made).error());
    state_ = std::move(made->state_);
}

result<bridge> bridge::make(std::string_view to, bridge_options options) {
    if (!options.serving.context) options.serving.context = context::standard();
    const auto inside = options.serving.context;
    options.reaching.context = inside;
    if (is_carried(*inside, to)) {
        return fail(errc::unsupported, "a bridge leads to an endpoint; ", quoted(to),
                    " is a transport expression");
    }
    BECKON_ASSIGN(io::endpoint where, io::parse_endpoint(to));
    BECKON_TRY(make_protocol(*inside, where));
    BECKON_TRY(check_dialled(*inside, where));
    BECKON_ASSIGN(auto types, bridging::known_types::make(options.schema, options.objects));
    auto made = std::make_shared<state>(std::string(to), std::move(where), std::move(options),
                                        std::move(types));
    BECKON_TRY(made->open());
    return bridge(std::move(made));
}

bridge::~bridge() {
    if (state_) state_->stop();
}
bridge::bridge(bridge&&) noexcept = default;
bridge& bridge::operator=(bridge&& other) noexcept {
    std::swap(state_, other.state_);
    return *this;
}

result<std::string> bridge::try_listen(std::string_view endpoint) {
    return state_->listen(endpoint);
}
std::string bridge::listen(std::string_view endpoint) {
    auto real = try_listen(endpoint);
    if (!real) throw_error(std::move(real).error());
    return std::move(real).value();
}
std::vector<std::string> bridge::endpoints() const { return state_->serves().endpoints(); }
void bridge::run() { state_->serves().run(); }
void bridge::stop() { state_->stop(); }
std::size_t bridge::connection_count() const {
    return state_->serves().connection_count() + state_->relay_count();
}

} // namespace beckon
