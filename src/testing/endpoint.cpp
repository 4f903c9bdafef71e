#include "testing/endpoint.hpp"

#include <algorithm>

#include "beckon/object/exception.hpp"
#include "testing/link_core.hpp"
#include "testing/node_core.hpp"

namespace beckon::testing {

/// A thread that waits in this session.
struct endpoint::waiter {
    waiter(waitable& waiting, virtual_thread& thread) : frame(waiting), token{&thread} {}
    wait_frame frame;
    reader_token token;
    sleeping_place place;
    const cancellation* asked =
        nullptr; ///< Of the handler that waits here, unless it knows already.
    bool sleeps = false;
    bool woken = false; ///< Or about to be.
    [[nodiscard]] bool is_given_up() const noexcept {
        return asked != nullptr && asked->requested();
    }
};

/// A turn of this endpoint on a thread: what is to be sent leaves at its end.
class endpoint::turn_scope {
public:
    turn_scope(endpoint& of, virtual_thread& thread) noexcept
        : thread_(thread), before_(std::exchange(thread.turn_of, &of)) {}
    ~turn_scope() { thread_.turn_of = before_; }
    turn_scope(const turn_scope&) = delete;
    turn_scope& operator=(const turn_scope&) = delete;

private:
    virtual_thread& thread_;
    const void* before_;
};

endpoint::endpoint(world_core& world, settings where)
    : world_(world.shared_from_this()), link_(std::move(where.link)), side_(where.side) {
    link_->ends[side_] = this;
    link_->nodes[side_]->endpoints.push_back(this);
    ++world_->sessions;
}

endpoint::~endpoint() {
    delete session_;
    link_->ends[side_] = nullptr;
    auto& listed = link_->nodes[side_]->endpoints;
    listed.erase(std::find(listed.begin(), listed.end(), this));
    --world_->sessions;
}

intrusive_ptr<beckon::session> endpoint::start(world_core& world, settings where,
                                               std::unique_ptr<protocol> speaks,
                                               session_options options) {
    const bool keep = where.keep;
    const std::shared_ptr<node_core> node = where.link->nodes[where.side];
    auto made = intrusive_ptr<endpoint>(new endpoint(world, std::move(where)));
    intrusive_ptr<servant> directory(static_cast<servant*>(node->root.core().get()));
    made->session_ =
        new beckon::session(std::move(speaks), *made, std::move(directory), std::move(options));
    intrusive_ptr<beckon::session> held(made->session_);
    if (keep) made->kept_ = held;
    made->acquire(); // its own, until free_if_unused
    held->start();
    made->do_flush();
    return held;
}

void endpoint::post(void (endpoint::*what)()) {
    world_->soon([self = intrusive_ptr<endpoint>(this), what] { (self.get()->*what)(); });
}

// --- Reading ---

void endpoint::input_arrives(byte_view content) {
    if (closed_) return link_->taken(side_, content.size());
    arrived_.insert(arrived_.end(), content.begin(), content.end());
    settle_turn();
}

void endpoint::input_ends(const std::string& why) {
    ends_why_ = why;
    settle_turn();
}

void endpoint::stop_reading(nanoseconds length) {
    stopped_until_ = std::max(stopped_until_, deadline_after(now(), length));
    world_->schedule_at(stopped_until_,
                        [self = intrusive_ptr<endpoint>(this)] { self->settle_turn(); });
}

bool endpoint::may_read() const noexcept {
    return !closed_ && world_->now() >= stopped_until_ && (!arrived_.empty() || ends_why_);
}

bool endpoint::has_whole_message() const noexcept {
    const std::size_t whole = carry_.empty() ? 0 : session_->message_size(carry_);
    return whole != 0 && whole <= carry_.size();
}

/// Reads once and runs what came. False where the caller is not the reader any more, or the stream has ended.
bool endpoint::read_once(reader_token& token, wait_frame* frame) {
    if (arrived_.empty()) {
        closed_ = true;
        error reason = fail(errc::disconnected, *ends_why_)
                           .note(concat("reading from ", session_->endpoint_name()));
        session_->unlock();
        session_->transport_ended(std::move(reason));
        session_->lock();
        return false;
    }
    std::size_t size = arrived_.size();
    if (world_->chance.percent(30))
        size = static_cast<std::size_t>(world_->chance.between(1, size));
    bytes input = std::exchange(carry_, {});
    const auto end = arrived_.begin() + static_cast<std::ptrdiff_t>(size);
    input.insert(input.end(), arrived_.begin(), end);
    arrived_.erase(arrived_.begin(), end);
    link_->taken(side_, size);
    return feed_input(token, frame, input);
}

/// Runs what is in `input`; keeps what is left over. REQUIRES: carry_ is empty.
bool endpoint::feed_input(reader_token& token, wait_frame* frame, byte_view input) {
    const consumed used = session_->feed(input, frame);
    if (used.next == verdict::taken_over) return false;
    if (used.next == verdict::stop) {
        carry_.clear();
        return false;
    }
    const byte_view rest = input.subspan(used.bytes);
    carry_.insert(carry_.end(), rest.begin(), rest.end());
    return reader_ == &token;
}

bool endpoint::feed_carried(reader_token& token, wait_frame* frame) {
    const bytes taken = std::exchange(carry_, {});
    return feed_input(token, frame, taken);
}

void endpoint::do_read() {
    session_->lock();
    read_posted_ = false;
    if (reader_ == nullptr && may_read()) {
        const turn_scope turn(*this, world_->thread());
        reader_token token{&world_->thread()};
        reader_ = &token;
        read_once(token, nullptr);
        if (reader_ == &token) reader_ = nullptr;
        flush();
    }
    session_->unlock();
    settle_turn();
}

void endpoint::do_carried() {
    session_->lock();
    carry_posted_ = false;
    if (reader_ == nullptr && !carry_.empty() && !closed_) {
        const turn_scope turn(*this, world_->thread());
        reader_token token{&world_->thread()};
        reader_ = &token;
        feed_carried(token, nullptr);
        if (reader_ == &token) reader_ = nullptr;
        flush();
    }
    session_->unlock();
    settle_turn();
}

void endpoint::do_queued() {
    session_->lock();
    queued_posted_ = false;
    session_->unlock();
    {
        const turn_scope turn(*this, world_->thread());
        session_->run_queued();
    }
    do_flush();
}

// --- Waiting ---

void endpoint::wait(waitable& waiting, time_point deadline) {
    const intrusive_ptr<endpoint> keep(this);
    virtual_thread& thread = world_->thread();
    waiter mine(waiting, thread);
    mine.place.id = world_->new_id();
    mine.place.waiting = &waiting;
    mine.place.deadline = deadline;
    session_->lock();
    session_->enter_wait(mine.frame);
    waiters_.push_back(&mine);
    for (activation* below = thread.top; below != nullptr; below = below->below) {
        if (below->driver == this && below->reader != nullptr && below->reader == reader_) {
            // This thread reads already, further down its stack: it goes on here with what it had not come to.
            carry_.insert(carry_.end(), below->rest.begin(), below->rest.end());
            reader_ = &mine.token;
        }
    }
    if (mine.frame.serving != nullptr && mine.frame.serving->cancellation != nullptr &&
        !mine.frame.serving->cancellation->requested())
        mine.asked = mine.frame.serving->cancellation;
    if (thread.turn_of != nullptr && thread.turn_of != this) {
        // What the handler that waits here has written elsewhere would leave at the end of that turn only.
        session_->unlock();
        static_cast<endpoint*>(const_cast<void*>(thread.turn_of))->do_flush();
        session_->lock();
    }
    {
        const turn_scope turn(*this, thread);
        while (!waiting.done() && now() < deadline && !mine.is_given_up()) {
            if (!do_round(mine) && !sleep(mine)) break;
        }
    }
    session_->leave_wait(mine.frame);
    waiters_.erase(std::find(waiters_.begin(), waiters_.end(), &mine));
    if (reader_ == &mine.token) reader_ = nullptr;
    session_->unlock();
    settle_turn();
    if (mine.place.deadlocked && !waiting.done()) end_deadlock(waiting);
}

/// One round of the loop in connection::wait; false where there was nothing to do.
bool endpoint::do_round(waiter& mine) {
    if (reader_ == nullptr && mine.frame.waiting.comes_by_input && !closed_) reader_ = &mine.token;
    if (!session_->run_handed_over(mine.frame)) {
        if (reader_ != &mine.token) return false;
        if (has_whole_message()) {
            feed_carried(mine.token, &mine.frame);
        } else if (may_read()) {
            read_once(mine.token, &mine.frame);
        } else {
            return false;
        }
    }
    flush();
    session_->unlock();
    session_->run_completions();
    session_->lock();
    return true;
}

/// Sleeps until there may be something to do; false where nothing will ever be.
bool endpoint::sleep(waiter& mine) {
    flush();
    mine.sleeps = true;
    mine.woken = false;
    session_->unlock();
    settle_turn();
    const world_core::outcome ended =
        mine.frame.waiting.done() ? world_core::outcome::done : world_->sleep(mine.place);
    session_->lock();
    mine.sleeps = false;
    mine.place.deadlocked = ended == world_core::outcome::deadlocked;
    return !mine.place.deadlocked;
}

void endpoint::end_deadlock(waitable& waiting) {
    const error failure =
        fail(errc::would_deadlock, "nothing is left that could end this wait for ",
             session_->endpoint_name());
    if (waiting.call_id == 0) throw_error(failure);
    // A caller's record belongs to the session until it is answered: answer it.
    auto& call = static_cast<pending_call&>(waiting);
    if (session_->cancel(call)) {
        call.on_failure(failure);
        call.complete();
    } else {
        session_->run_completions();
    }
}

/// Threads that wait learn that there is something for them.
void endpoint::wake_waiters() {
    for (waiter* const each : waiters_) {
        if (!each->sleeps || each->woken) continue;
        const bool reads = reader_ == &each->token ||
                           (reader_ == nullptr && each->frame.waiting.comes_by_input && !closed_);
        if (!each->is_given_up() && each->frame.handed_over.empty() &&
            !(reads && (has_whole_message() || may_read())))
            continue;
        each->woken = true;
        world_->soon([world = world_.get(), id = each->place.id] { world->wake(id); });
    }
}

// --- Handlers ---

void endpoint::handler_begins(activation& running) noexcept {
    virtual_thread& thread = world_->thread();
    running.driver = this;
    running.reader = reader_ != nullptr && reader_->thread == &thread ? reader_ : nullptr;
    running.below = std::exchange(thread.top, &running);
}

bool endpoint::handler_ends(activation& running) noexcept {
    world_->thread().top = running.below;
    return running.reader != nullptr && reader_ != running.reader;
}

bool endpoint::holds_input(const virtual_thread& thread) noexcept {
    for (const activation* each = thread.top; each != nullptr; each = each->below) {
        const auto* const of = static_cast<const endpoint*>(each->driver);
        if (each->reader != nullptr && of->reader_ == each->reader) return true;
    }
    return false;
}

void endpoint::take_over_from(const virtual_thread& thread) noexcept {
    for (activation* each = thread.top; each != nullptr; each = each->below) {
        auto* const of = static_cast<endpoint*>(each->driver);
        if (each->reader != nullptr && of->reader_ == each->reader) {
            of->reader_ = nullptr;
            of->carry_.insert(of->carry_.end(), each->rest.begin(), each->rest.end());
        }
        of->session_->lock();
        of->post_flush(); // what was to leave at the end of the blocked thread's turn
        of->session_->unlock();
        of->settle_turn();
    }
}

} // namespace beckon::testing
