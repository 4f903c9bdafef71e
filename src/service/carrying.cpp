#include "service/carrying.hpp"

#include <condition_variable>
#include <mutex>
#include <optional>

#include "service/carrier_start.hpp"
#include "service/outcome.hpp"
#include "service/renewal.hpp"
#include "service/restart_part.hpp"

namespace beckon {

bool is_carried(const context& inside, std::string_view text) {
    if (io::is_transport_expression(text)) return true;
    const std::string_view head = text.substr(0, text.find(':'));
    const std::size_t plus = head.rfind('+');
    return inside.has_shorthand(plus == std::string_view::npos ? head : head.substr(plus + 1));
}

io::expression_rules rules_of(const std::shared_ptr<context>& inside, std::string protocol) {
    io::expression_rules rules;
    rules.protocol = std::move(protocol);
    rules.is_transport = [inside](std::string_view name) { return is_transport(*inside, name); };
    rules.shorthand = [inside](std::string_view name, std::string_view parameters) {
        return inside->expand(name, parameters);
    };
    return rules;
}

error too_late(nanoseconds at_most) {
    return fail(errc::timeout, "it has not begun within ",
                std::chrono::duration_cast<std::chrono::milliseconds>(at_most).count(), " ms");
}

namespace {

/// The race between an outcome and the time that there is for it.
struct timed_start : std::enable_shared_from_this<timed_start> {
    std::shared_ptr<part_host> host;
    std::shared_ptr<carrier_part> part;
    nanoseconds at_most{};
    carrier_part::started done;

    std::mutex mutex;
    enum class phase : std::uint8_t {
        open,
        stopping, ///< The time is over; whoever is told now might start anew, and be stopped with it.
        late,     ///< It was stopped; what comes of that is told.
        told,
    } now = phase::open;
    std::optional<carrier_part::failures> parked{}; ///< What came while it was being stopped.
    io::timer_id timer{};

    void arm() {
        const std::lock_guard lock(mutex);
        if (now != phase::open) return;
        timer = host->loop().schedule_at(deadline_after(host->loop().clock().now(), at_most),
                                         [self = shared_from_this()] { self->time_over(); });
    }
    void time_over() {
        {
            const std::lock_guard lock(mutex);
            if (now != phase::open) return;
            now = phase::stopping;
        }
        part->stop(too_late(at_most));
        std::optional<carrier_part::failures> all;
        {
            const std::lock_guard lock(mutex);
            all = std::exchange(parked, std::nullopt);
            now = all ? phase::told : phase::late;
        }
        if (all) tell(std::move(*all));
    }
    void take(carrier_part::failures all) {
        {
            const std::lock_guard lock(mutex);
            if (now != phase::open && all.empty()) all.push_back({part->name(), too_late(at_most)});
            if (now == phase::stopping) {
                parked = std::move(all);
                return;
            }
            now = phase::told;
            if (timer) host->loop().cancel(std::exchange(timer, {}));
        }
        tell(std::move(all));
    }
    void tell(carrier_part::failures all) {
        auto to = std::move(done);
        to(std::move(all));
    }
};

} // namespace

void start_within(const std::shared_ptr<part_host>& host, const std::shared_ptr<carrier_part>& part,
                  nanoseconds at_most, carrier_part::started done,
                  function<void(carrier_part::started)> start) {
    const auto race = std::make_shared<timed_start>();
    race->host = host;
    race->part = part;
    race->at_most = at_most;
    race->done = std::move(done);
    start([race](carrier_part::failures all) { race->take(std::move(all)); });
    race->arm(); // what has begun to start can be stopped
}

carrier_part::failures start_and_wait(const std::shared_ptr<server::state>& host,
                                      const std::shared_ptr<carrier_part>& part,
                                      nanoseconds at_most, carrier_part::ended over) {
    const auto told = std::make_shared<outcome<carrier_part::failures>>();
    start_within(
        host, part, at_most, [told](carrier_part::failures all) { told->give(std::move(all)); },
        [&](carrier_part::started done) { part->start(std::move(done), std::move(over)); });
    return told->await(*host->inside);
}

result<std::string> listen_carried(const std::shared_ptr<server::state>& host,
                                   std::string_view text) {
    BECKON_ASSIGN(const io::transport_expression read,
                  io::parse_transport_expression(text, rules_of(host->inside, {})));
    BECKON_ASSIGN(const auto part, make_part(host, read, io::leaf_use::listen));
    if (!host->keep(part)) return fail(errc::cancelled, "server stops");
    const auto failed = start_and_wait(host, part, host->carried.timeout, [](const error&) {});
    if (failed.empty()) return part->text();
    host->drop(part.get());
    return join_failures(read.text, failed);
}

namespace {

[[nodiscard]] std::size_t count_leaves(const io::transport_expression& of) {
    if (of.is == io::transport_expression::kind::leaf) return 1;
    std::size_t count = 0;
    for (const io::transport_expression& each : of.children) count += count_leaves(each);
    return count;
}

[[nodiscard]] const io::transport_expression& leaf_of(const io::transport_expression& of) {
    return of.is == io::transport_expression::kind::leaf ? of : leaf_of(of.children.front());
}

/// One side of a conversation that begins again. The handles share it.
class restarted_conversation final : public renewal,
                                     public std::enable_shared_from_this<restarted_conversation> {
public:
    explicit restarted_conversation(std::shared_ptr<server::state> host) : host_(std::move(host)) {}
    ~restarted_conversation() override { end(); }

    result<void> begin(std::shared_ptr<carrier_part> part, nanoseconds at_most) {
        part_ = std::move(part);
        host_->on_begun = [weak = weak_from_this()](const intrusive_ptr<session>& fresh) {
            if (const auto self = weak.lock()) self->renew(fresh);
        };
        BECKON_ASSERT(host_->keep(part_), "nobody has stopped it yet");
        const auto failed =
            start_and_wait(host_, part_, at_most, [weak = weak_from_this()](const error& reason) {
                // What connects once and is inside a mux: nothing begins again.
                if (const auto self = weak.lock()) self->finish(reason);
            });
        if (!failed.empty()) return join_failures(part_->name(), failed);
        // The first conversation is what the caller waits for.
        const time_point until = deadline_after(host_->inside->runtime()->clock().now(), at_most);
        while (!now()) {
            if (const auto why = over_because()) return *why;
            if (host_->inside->runtime()->clock().now() >= until) return not_reached(at_most);
            if (host_->inside->runtime()->options().embedded) {
                host_->inside->serve(std::chrono::milliseconds(10));
                continue;
            }
            std::unique_lock lock(mutex_);
            changed_.wait_for(lock, std::chrono::milliseconds(50));
        }
        return {};
    }

    intrusive_ptr<session> now() const override {
        const std::lock_guard lock(mutex_);
        return current_;
    }
    void rest() override {
        if (part_) part_->rest();
    }
    void end() override {
        {
            const std::lock_guard lock(mutex_);
            if (std::exchange(stopped_, true)) return;
        }
        finish(fail(errc::cancelled, "session was closed by this side"));
        host_->stop();
    }
    bool is_over() const override { return over_because().has_value(); }
    bool await_end(nanoseconds at_most) const override {
        std::unique_lock lock(mutex_);
        if (at_most > std::chrono::hours(24 * 365)) {
            changed_.wait(lock, [&] { return over_.has_value(); });
        } else {
            changed_.wait_for(lock, at_most, [&] { return over_.has_value(); });
        }
        return over_.has_value();
    }

private:
    void renew(const intrusive_ptr<session>& fresh) {
        const std::lock_guard lock(mutex_);
        current_ = fresh;
        changed_.notify_all();
    }
    void finish(const error& reason) {
        const std::lock_guard lock(mutex_);
        if (!over_) over_.emplace(reason);
        changed_.notify_all();
    }
    [[nodiscard]] std::optional<error> over_because() const {
        const std::lock_guard lock(mutex_);
        return over_;
    }
    [[nodiscard]] error not_reached(nanoseconds at_most) const {
        const auto* const restarts = dynamic_cast<const restart_part*>(part_.get());
        auto why = restarts != nullptr ? restarts->trouble() : std::optional<error>();
        if (why) return std::move(why->note(concat("connecting to ", part_->name())));
        return fail(errc::timeout, part_->name(), " was not reached within ",
                    std::chrono::duration_cast<std::chrono::milliseconds>(at_most).count(), " ms");
    }

    const std::shared_ptr<server::state> host_;
    std::shared_ptr<carrier_part> part_;
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    intrusive_ptr<session> current_;
    std::optional<error> over_; ///< Why no further conversation begins.
    bool stopped_ = false;
};

} // namespace

result<connected> connect_carried(std::string_view text, const connect_options& options) {
    carrier_options with;
    with.serving.context = options.context ? options.context : context::standard();
    with.serving.limits = options.limits;
    with.serving.authorize = options.authorize;
    with.serving.security = options.security;
    with.timeout = options.timeout;
    with.user = options.user;
    with.secret = options.secret;
    with.handshake = options.handshake;
    with.published = options.published;
    BECKON_ASSIGN(const io::transport_expression read,
                  io::parse_transport_expression(text, rules_of(with.serving.context, {})));
    const std::size_t leaves = count_leaves(read);
    const bool one = leaves == 1 && leaf_of(read).use != io::leaf_use::listen;
    if (!one) {
        return fail(errc::unsupported, "transport expression ", quoted(text, 200), " has ",
                    leaves == 1 ? "no peer to connect to" : concat(leaves, " transports"),
                    "; connect wants one that connects. A server's listen and beckon::carrier take "
                    "any");
    }
    if (read.is == io::transport_expression::kind::leaf)
        return try_connect(io::to_string(read.where), options);
    const auto host = std::make_shared<server::state>(std::move(with));
    BECKON_ASSIGN(auto part, make_part(host, read, io::leaf_use::connect));
    const auto renewed = std::make_shared<restarted_conversation>(host);
    BECKON_TRY(renewed->begin(std::move(part), options.timeout));
    return connected(renewed);
}

} // namespace beckon
