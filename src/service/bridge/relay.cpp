#include "service/bridge/relay.hpp"

#include <algorithm>
#include <system_error>
#include <thread>

#include "io/parting_words.hpp"
#include "object/guarded.hpp"

namespace beckon {

namespace {
/// Of reading and writing in a row, so that other connections get their turns.
constexpr int most_rounds = 8;

} // namespace

/// What the event loop holds. One for each descriptor: a side may have two.
class relay::ear final : public io::watcher {
public:
    ear(intrusive_ptr<relay> of, sender which) noexcept : relay_(std::move(of)), which_(which) {}
    void on_ready(bool readable, bool writable) noexcept override {
        relay_->do_safely([&] { relay_->heard(which_, readable, writable); });
    }

private:
    const intrusive_ptr<relay> relay_;
    const sender which_;
};

relay::relay(std::shared_ptr<runtime> inside, relay_rules rules, const limits& allowed,
             over_callback over)
    : runtime_(std::move(inside)), rules_(std::move(rules)), limits_(allowed), client_(allowed),
      server_(allowed), over_(std::move(over)) {
    if (limits_.max_message_bytes == 0) limits_.max_message_bytes = rules_.max_message_bytes;
}

result<intrusive_ptr<relay>> relay::start(std::shared_ptr<runtime> inside,
                                          std::unique_ptr<io::byte_stream> client,
                                          std::unique_ptr<io::byte_stream> server,
                                          relay_rules rules, const limits& allowed,
                                          over_callback over) {
    auto made = intrusive_ptr<relay>(
        new relay(std::move(inside), std::move(rules), allowed, std::move(over)));
    const std::lock_guard lock(made->mutex_);
    for (const sender which : {sender::client, sender::server}) {
        made->open(which, std::move(which == sender::client ? client : server));
    }
    made->make_passage();
    for (const sender which : {sender::client, sender::server}) {
        const auto opened = made->watch(which);
        if (opened) continue;
        made->over_ = nullptr;
        made->finish();
        return error(opened.error())
            .note(concat("relaying between ", made->client_.stream->peer_name(), " and ",
                         made->server_.stream->peer_name()));
    }
    made->post(&relay::turn); // what has come already no descriptor need tell of
    return made;
}

/// Runs with the lock; then tells of the end, where it has come.
template <typename Work>
void relay::do_safely(Work work) noexcept {
    over_callback over;
    std::optional<error> why;
    {
        const std::lock_guard lock(mutex_);
        if (is_over_) return;
        const auto done = guarded([&]() -> result<void> {
            work();
            return {};
        });
        if (!done) { // no memory
            if (!why_) why_ = done.error();
            finish();
        }
        if (!is_over_) return;
        over = std::move(over_);
        why = std::move(why_);
    }
    if (over) over(std::move(why));
}

void relay::post(void (relay::*what)()) noexcept {
    // What is posted may free this relay, and then nobody else holds the loop that this thread is about to wake.
    const std::shared_ptr<runtime> held = runtime_;
    held->loop().post([kept = intrusive_ptr<relay>(this), what] {
        kept->do_safely([&] { (kept.get()->*what)(); });
    });
}

io::timer_id relay::call_at(time_point due, function<void()> what) {
    return runtime_->loop().schedule_at(
        due, [kept = intrusive_ptr<relay>(this), what = std::move(what)]() mutable {
            kept->do_safely([&] { what(); });
        });
}

void relay::close() noexcept { post(&relay::stop); }

// --- The two streams ---

void relay::open(sender which, std::unique_ptr<io::byte_stream> stream) {
    if (rules_.acknowledges) stream->acknowledge_at_once();
    side& of = side_of(which);
    of.has_messages = rules_.keeps_messages && stream->keep_messages() != io::message_mode::none;
    of.has_records = rules_.has_own_records && stream->separate_views();
    if (const std::size_t most = stream->max_message_bytes(); of.has_messages && most != 0)
        limits_.max_message_bytes = std::min(limits_.max_message_bytes, most);
    of.stream = std::move(stream);
}

void relay::make_passage() {
    passage_parts parts;
    parts.limits = limits_;
    parts.client_has_messages = client_.has_messages;
    parts.server_has_messages = server_.has_messages;
    parts.known_way = rules_.known_way;
    if (rules_.convert) converts_ = rules_.convert(parts);
    to_server_.use(converts_.get(), server_.has_records);
    to_client_.use(converts_.get(), client_.has_records);
}

result<void> relay::watch(sender which) {
    side& of = side_of(which);
    BECKON_ASSIGN(of.watch,
                  runtime_->loop().watch(of.stream->read_descriptor(), io::interest::read,
                                         make_counted<ear>(intrusive_ptr<relay>(this), which)));
    return {};
}

void relay::drop_watches(side& of) noexcept {
    io::event_loop& loop = runtime_->loop();
    if (const auto watch = std::exchange(of.watch, {})) loop.unwatch(watch);
    if (const auto watch = std::exchange(of.write_watch, {})) loop.unwatch(watch);
}

void relay::set_interest(sender which) {
    side& of = side_of(which);
    if (!of.watch) return;
    const bool reads = from(which).wants_input() && !is_dialling_;
    const bool writes = from(other(which)).is_blocked();
    const bool one = of.stream->read_descriptor() == of.stream->write_descriptor();
    io::event_loop& loop = runtime_->loop();
    io::interest wanted = reads ? io::interest::read : io::interest::none;
    if (one && writes) wanted = wanted | io::interest::write;
    static_cast<void>(loop.change(of.watch, wanted));
    if (one) return;
    if (writes && !of.write_watch) {
        auto made = loop.watch(of.stream->write_descriptor(), io::interest::write,
                               make_counted<ear>(intrusive_ptr<relay>(this), which));
        if (made) of.write_watch = *made;
    } else if (of.write_watch) {
        static_cast<void>(
            loop.change(of.write_watch, writes ? io::interest::write : io::interest::none));
    }
}

// --- Passing on ---

void relay::heard(sender which, bool readable, bool writable) {
    if (readable) from(which).may_read = true;
    if (writable) from(other(which)).unblock();
    turn();
}

void relay::turn() {
    bool moved = true;
    for (int round = 0; moved && round < most_rounds; ++round) {
        moved = false;
        for (const sender which : {sender::client, sender::server}) {
            if (is_over_ || is_dialling_) return;
            moved = advance(which) || moved;
        }
    }
    if (is_over_ || is_dialling_) return;
    if (to_server_.is_shut && to_client_.is_shut) return finish();
    if (moved) post(&relay::turn);
    set_interest(sender::client);
    set_interest(sender::server);
    watch_for_stalls();
    watch_pace(sender::client);
    watch_pace(sender::server);
}

/// Whether there may be more to do at once.
bool relay::advance(sender which) {
    using outcome = relay_flow::outcome;
    relay_flow& flow = from(which);
    if (flow.is_shut) return false;
    bool moved = false;
    const auto noticed = [&](outcome how) {
        moved = moved || how == outcome::moved;
        if (how != outcome::moved && how != outcome::nothing) went_wrong(which, how);
        return !is_over_ && !is_dialling_ && !flow.is_shut;
    };
    if (!flow.has_output() && !noticed(flow.look_again())) return false;
    if (flow.wants_input()) {
        if (flow.may_read && !noticed(flow.read(*side_of(which).stream))) return false;
        if (is_ending_ && !flow.may_read) flow.end_input(); // nothing more is waited for
    }
    if (which == sender::server && converts_) {
        const auto way = converts_->found_way();
        if (way && rules_.understood) rules_.understood(*way);
    }
    if (!noticed(flow.write(*side_of(other(which)).stream))) return false;
    if (flow.is_through()) {
        flow.is_shut = true;
        tell_end(which);
        side_of(other(which)).stream->shutdown_write();
    }
    return moved;
}

// --- Ends ---

void relay::went_wrong(sender which, relay_flow::outcome how) {
    using outcome = relay_flow::outcome;
    relay_flow& flow = from(which);
    relay_flow& back = from(other(which));
    if (how == outcome::dial_again) {
        if (!to_server_.source_has_ended()) return hang_up_and_dial();
        // Nobody is left who would hear the answer.
        flow.end_input();
        return end(std::nullopt);
    }
    error why = flow.take_failure().note(concat("relaying what the ", name_of(which), " says"));
    if (how == outcome::read_failed) back.drop();
    if (how == outcome::write_failed) flow.drop();
    // Who has said all hangs up when it likes.
    const bool is_usual = how == outcome::write_failed && back.source_has_ended();
    end(is_usual ? std::nullopt : std::optional(std::move(why)));
}

/// What has come still passes, and then both connections end.
void relay::end(std::optional<error> why) noexcept {
    if (why && !why_) why_ = std::move(why);
    if (std::exchange(is_ending_, true)) return;
    to_server_.may_read = to_client_.may_read = true;
}

void relay::stop() {
    for (side* const each : {&client_, &server_})
        io::end_because(*each->stream, errc::disconnected, "bridge stops");
    finish();
}

/// Where the other side's transport has words for it, it is told how this one has ended.
void relay::tell_end(sender which) {
    io::byte_stream& told = *side_of(other(which)).stream;
    const std::string how = side_of(which).stream->exit_description();
    const errc code = why_ ? why_->code() : errc::disconnected;
    if (why_ || !how.empty()) io::end_because(told, code, how.empty() ? why_->message() : how);
}

void relay::finish() {
    is_over_ = true;
    forget_times();
    for (side* const each : {&client_, &server_}) {
        drop_watches(*each);
        if (why_) io::end_because(*each->stream, why_->code(), why_->message());
        each->stream->close();
    }
}

// --- Calling the server again ---

void relay::hang_up_and_dial() {
    is_dialling_ = true;
    drop_watches(server_);
    server_.stream->close();
    to_client_.forget();
    to_server_.restart(converts_->begin_again());
    set_interest(sender::client);
    if (!rules_.dial_again) {
        why_ = fail(errc::disconnected, "server ", server_.stream->peer_name(),
                    " did not understand how it was spoken to, and cannot be called again");
        return finish();
    }
    if (!rules_.dialling_waits) return post(&relay::dial);
    try {
        // Of its own: the system's connect cannot be interrupted.
        std::thread([kept = intrusive_ptr<relay>(this), held = runtime_] {
            auto stream = guarded([&] { return kept->rules_.dial_again(kept->limits_); });
            held->loop().post([kept, stream = std::move(stream)]() mutable {
                kept->do_safely([&] { kept->dialled(std::move(stream)); });
            });
        }).detach();
    } catch (const std::system_error& failure) {
        dialled(fail(errc::overloaded, "no thread can be started to connect: ", failure.what()));
    }
}

void relay::dial() {
    dialled(guarded([&] { return rules_.dial_again(limits_); }));
}

void relay::dialled(result<std::unique_ptr<io::byte_stream>> stream) {
    is_dialling_ = false;
    if (stream) {
        open(sender::server, std::move(*stream));
        to_server_.use(converts_.get(), server_.has_records);
    }
    const result<void> ready = stream ? watch(sender::server) : result<void>(stream.error());
    if (ready) return turn();
    why_ =
        error(ready.error()).note("calling the server again, as it did not understand the client");
    finish();
}

} // namespace beckon
