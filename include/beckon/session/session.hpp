// The heart: one conversation with one peer, symmetric, abstract over protocols, without I/O of its own.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "beckon/base/limits.hpp"
#include "beckon/base/log.hpp"
#include "beckon/codec/native/stream.hpp"
#include "beckon/io/byte_stream.hpp"
#include "beckon/object/peer.hpp"
#include "beckon/object/servant.hpp"
#include "beckon/session/authorization.hpp"
#include "beckon/session/driver.hpp"
#include "beckon/session/protocol.hpp"
#include "beckon/session/queued_call.hpp"
#include "beckon/session/session_stats.hpp"
#include "beckon/session/streams.hpp"
#include "beckon/session/tables.hpp"
#include "beckon/session/wait_frame.hpp"

namespace beckon {

class active_call;
struct served_call;

struct session_options {
    beckon::limits limits;
    log_sink* log = &null_log();
    std::string endpoint; ///< Of the peer, for messages.
    std::string name{};   ///< What the peer is called among those of its server or carrier.
    std::string user;     ///< Told to the peer.
    bytes secret;         ///< Proof of it.
    beckon::authenticator authenticator;
    bool send_traces = false; ///< Whether errors carry traces to the peer.
    /// Who the peer is, as far as its connection has told; its greeting may tell more.
    std::string caller{};
    /// Who it is by its transport's proof, for authenticators.
    std::optional<io::peer_identity> proven{};
    /// Asked before each call of the peer; null: it may call everything.
    shared_authorizer authorize{};
    /// The transport keeps the peer from call to call, and tells when it has gone.
    bool lasts = true;
    /// Calls of the peer wait until `let_in`, but for those that come while a thread waits in this session for what it
    /// called, as its consequences do.
    bool holds_calls = false;
    /// A peer whose protocol has no greeting is known by its first message, not before: that shows how it speaks.
    bool known_by_first_message = false;
    /// Runs once on a library thread, soon after the peer is known: after its greeting, where the protocol has one.
    std::function<void(session&)> on_known{};
};

/// A session. Its functions that take bytes and time are for drivers; stubs use it as a peer.
///
/// Thread-safety: all public functions, from any thread, unless they say REQUIRES.
/// Lifetime: counted by what users hold of it (handles, remote objects, futures); when the last goes, the driver is told
/// and frees it.
class session final : public peer,
                      private session_events,
                      private reference_exchange,
                      private referent_keeper {
public:
    /// The driver outlives the session. `directory` is what the peer finds at object 0; may be null.
    session(std::unique_ptr<beckon::protocol> protocol, session_driver& driver,
            intrusive_ptr<servant> directory, session_options options);
    ~session() override;

    // --- For drivers ---

    /// Sends the greeting.
    void start();
    /// Input is read from now on: who needs no greeting is known. REQUIRES: locked.
    void started();
    /// Takes whole messages off the front of `input`, runs what they ask for, and says how many bytes were used.
    /// REQUIRES: one reader at a time; locked by `lock()`. After `verdict::taken_over` nothing may be touched.
    /// `frame` is the waiting thread that reads, null for the driver's own threads.
    /// `is_last`: the peer has said all it will, and what it left unfinished may be a message all the same.
    [[nodiscard]] consumed feed(byte_view input, wait_frame* frame = nullptr, bool is_last = false);
    [[nodiscard]] std::size_t message_size(byte_view input) const noexcept {
        return protocol_->message_size(input);
    }
    /// Runs calls that could not start when they came, as many as may start now.
    void run_queued();
    /// Asks for run_queued where there is something for it. REQUIRES: locked.
    void start_next() noexcept;
    /// Bytes came that make no whole message yet: the peer lives. REQUIRES: locked.
    void note_input() noexcept {
        last_input_ = driver_.now();
        pings_unanswered_ = 0;
    }
    void on_timer(time_point now);
    /// What is to be sent. REQUIRES: locked.
    [[nodiscard]] buffer& output() noexcept { return out_; }
    /// Tells how much waits in the transport's hands besides. REQUIRES: locked.
    void set_unsent(std::size_t size) noexcept { unsent_ = size; }
    /// Turns dropped references and streams into messages in the output, which the caller sends. REQUIRES: locked.
    void write_releases();
    /// The transport has ended. Fails what is in flight.
    void transport_ended(error reason);
    /// The peer has said all that it will, and may read on. Where its calls and streams are answered all the same
    /// (protocol_traits::answers_after_end, and somebody will tell when it has gone: `reads`), what this side awaits of it
    /// fails, and the conversation ends behind the last answer. False where it is to end now. REQUIRES: locked.
    [[nodiscard]] bool input_ended(const error& reason, io::reader_state reads);
    /// That reason. REQUIRES: locked.
    [[nodiscard]] const std::optional<error>& input_end() const noexcept { return input_end_; }
    /// Something for it to skip, since only writing shows whether it reads; false: there is none. REQUIRES: locked.
    [[nodiscard]] bool write_filler();

    /// Objects of the program that end while it is held are freed afterwards: they may call this session.
    void lock() noexcept {
        mutex_.lock();
        keeper_before_ = referent_keeper::exchange(this);
    }
    void unlock() noexcept {
        referent_keeper::exchange(keeper_before_);
        mutex_.unlock();
    }
    /// Completes calls whose replies came. REQUIRES: not locked; call after unlocking.
    void run_completions();
    /// Whether run_completions has something to do. REQUIRES: locked.
    [[nodiscard]] bool has_completions() const noexcept {
        return completed_ != nullptr || !garbage_.empty() || !to_cancel_.empty() ||
               !dead_.empty() || !held_.empty() || !grants_.empty();
    }
    /// The transport took output: what waited for room may go on, and may write. REQUIRES: locked.
    void output_drained();
    /// Whether something has waited for room since then. REQUIRES: locked.
    [[nodiscard]] bool wants_room() const noexcept { return wants_room_; }
    /// Where this thread's waiting is announced, so that calls it causes come back to it. REQUIRES: locked.
    void enter_wait(wait_frame& frame);
    void leave_wait(wait_frame& frame);
    /// Runs one call that was handed to the frame; false where there is none. REQUIRES: locked.
    bool run_handed_over(wait_frame& frame);
    /// Wakes threads that wait, so that one of them takes over the reading. REQUIRES: locked.
    void nudge_waiting() noexcept;
    [[nodiscard]] bool anybody_waits() const noexcept { return waiting_ != nullptr; }
    /// Whether no call of the peer is being served. REQUIRES: locked.
    [[nodiscard]] bool serves_nothing() const noexcept { return active_ == nullptr; }
    [[nodiscard]] std::chrono::milliseconds stalled_after() const noexcept {
        return options_.limits.stalled_after;
    }
    [[nodiscard]] bool is_over() const noexcept { return state_.load() == state::over; }
    /// Whether anything that the peer sent was understood.
    [[nodiscard]] bool has_heard() const noexcept { return heard_.load(); }

    // --- For users ---

    /// What the peer shows first; in the native protocol its directory.
    [[nodiscard]] intrusive_ptr<remote_object> root();
    /// The object that the peer publishes under a name; empty for the root. The peer is not asked. The same object each time,
    /// while anybody holds it; for all names where traits().passes_root, since there it is the only one.
    [[nodiscard]] intrusive_ptr<remote_object> published_object(std::string_view name);
    [[nodiscard]] const protocol_traits& traits() const noexcept { return traits_; }
    [[nodiscard]] session_stats stats();
    /// Who the peer is: by the first message that proved it, else by its transport or its greeting.
    [[nodiscard]] const caller_identity& identity() const noexcept {
        const caller_identity* const named = first_named_.load(std::memory_order_acquire);
        return named != nullptr ? *named : identity_;
    }
    /// Whose a call is that does not prove that by itself: not the user's who has proven another one.
    [[nodiscard]] const caller_identity& unnamed() const noexcept { return identity_; }
    /// Who the peer is by proof of its transport, a certificate.
    [[nodiscard]] const std::optional<io::peer_identity>& proven() const noexcept;
    /// Refuses new calls of the peer, and says so; those in flight go on. Idempotent.
    void drain(error reason);
    /// Whether nothing is in flight any more, in either direction.
    [[nodiscard]] bool is_idle();
    /// Fails what is in flight, says goodbye, and ends. Idempotent, never blocks.
    void close(error reason);
    /// What `close_by_user` runs first, in this order.
    void before_close(std::function<void(session&)> told);
    /// Runs what was to be run before, on this thread, then closes. What is thrown there is logged.
    void close_by_user(error reason);
    /// The calls that were held may start: see session_options::holds_calls.
    void let_in();
    /// Drops a hold that session_driver::abandoned took over. For the driver, on the thread that frees the session.
    void let_go() const noexcept { ref_counted::release(); }
    /// Runs a function of the program, which may block, soon on a library thread.
    void run_soon(function<void()> work);
    /// How long the peer took to answer a ping. It answers where it reads its input.
    ///
    /// Errors: timeout; disconnected; unsupported where the protocol has none; protocol_error for an answer that is none.
    [[nodiscard]] result<nanoseconds> ping(nanoseconds within);
    /// Waits until the conversation is over, or the deadline.
    void await_end(time_point deadline);
    /// Waits until the peer has greeted us; at once where it does not.
    ///
    /// Errors: timeout; why the conversation ended.
    [[nodiscard]] result<void> await_greeting(time_point deadline);
    /// As session_driver::run_turn.
    [[nodiscard]] result<std::size_t> run_turn(nanoseconds at_most) {
        return driver_.run_turn(at_most);
    }
    [[nodiscard]] time_point now() const noexcept { return driver_.now(); }
    [[nodiscard]] log_sink& log() const noexcept { return *options_.log; }
    /// Of all calls of the peer that were answered.
    [[nodiscard]] std::uint64_t served() noexcept;

    // --- As a peer ---

    [[nodiscard]] native::writer* begin_call(const call_request& request,
                                             pending_call* pending) override;
    void end_call() override;
    [[nodiscard]] bool is_dynamic() const noexcept override { return traits_.dynamic; }
    [[nodiscard]] bool takes_lent_containers() const noexcept override;
    void call_dynamic(const call_request& call, dynamic_request request,
                      pending_call* pending) override;
    void wait(waitable& waiting, time_point deadline) override;
    void send_now() noexcept override { driver_.send_deferred(); }
    bool cancel(pending_call& pending) override;
    [[nodiscard]] intrusive_ptr<remote_object>
    promised_object(pending_call& pending, const interface_descriptor* interface) override;
    void released(remote_object& object) noexcept override;
    [[nodiscard]] std::string type_name(const remote_object& object) override;
    [[nodiscard]] std::string endpoint_name() const override { return options_.endpoint; }
    /// What the peer is called among those of its server or carrier; without those its endpoint.
    [[nodiscard]] const std::string& name() const noexcept {
        return options_.name.empty() ? options_.endpoint : options_.name;
    }

private:
    friend class active_call;
    friend class detached_call;
    friend class stream_in;
    friend class stream_out;
    enum class state : std::uint8_t { open, over };
    /// What came of a call besides its head.
    struct arrival {
        native::reader* arguments = nullptr; ///< Of a native one, at the first argument.
        byte_view message{};                 ///< The whole of it.
        dynamic_request* request = nullptr;  ///< In place of both, in dynamic protocols.
        byte_view rest{};                    ///< The input after it.
    };

    // Calls we make: session_outgoing.cpp
    struct parked_call {
        pending_call* call;
        std::uint32_t id;
        buffer message;
        std::vector<std::uint32_t> streams; ///< That begin with it.
    };
    [[nodiscard]] bool admit(const call_request& request, pending_call* pending, call_head& head);
    [[nodiscard]] bool must_park(const pending_call* pending) const noexcept;
    void take_back(pending_call* pending, error failure);
    void sent(pending_call* pending, std::size_t wire_bytes);
    void fail_begun(pending_call* pending, error failure);
    void send_parked();
    void settle(std::uint32_t call_id, call_table::slot& slot);
    void fail_calls(const error& reason);
    void forget(std::uint32_t call_id, call_table::slot& slot);
    void count(call_table::slot& slot) noexcept;
    void uncount(call_table::slot& slot) noexcept;
    void give_back_promise(std::uint32_t promise);
    void detach_record(call_table::slot& slot) noexcept;
    [[nodiscard]] call_table::slot* find_sent(std::uint32_t call_id) noexcept;
    void give_up(const waitable& waiting);
    void unborrow();
    [[nodiscard]] intrusive_ptr<remote_object> find_published(std::string_view name);
    void note_sent(std::uint32_t call_id);
    void end_by_giving_up();
    void queue_completion(pending_call& call) noexcept;
    void arm_for(time_point deadline);
    [[nodiscard]] std::string describe(const pending_call& call) const;
    void unlend(const std::vector<std::uint32_t>& lent);

    // Calls the peer makes: session_incoming.cpp
    result<void> on_greeting(const greeting& theirs) override;
    void on_greeting_delayed(nanoseconds again_after) override;
    verdict on_call(const call_head& head, native::reader& arguments, byte_view message,
                    byte_view rest) override;
    verdict on_value_call(const call_head& head, dynamic_request request, byte_view rest) override;
    [[nodiscard]] verdict take_call(const call_head& head, const arrival& came);
    void on_reply(std::uint32_t call_id, native::reader& result) override;
    void on_value_reply(std::uint32_t call_id, value result) override;
    template <typename Take>
    void take_reply(std::uint32_t call_id, const Take& take);
    void on_error(std::uint32_t call_id, error failure, bool untaken) override;
    void on_bad_call(const call_head& head, error failure) override;
    [[nodiscard]] std::optional<error> count_call(const call_head& head);
    [[nodiscard]] std::optional<error> add_promise(const call_head& head, const export_entry* on);
    verdict run_call(const call_head& head, servant& target, const arrival& came, bool on_strand);
    [[nodiscard]] result<void> authorize(const call_head& head, const servant& target,
                                         const arrival& came) const;
    void refuse(const call_head& head, error failure);
    void count_unasked(std::size_t size);
    void after_answer();
    [[nodiscard]] native::writer* begin_reply(const call_head& head);
    void end_reply(const call_head& head);
    void reply_value(const call_head& head, const value& result);
    void reject(const call_head& head, const error& failure, bool untaken);
    void call_done(const call_head& head);
    void end_if_answered();
    void link(served_call& call) noexcept;
    void unlink(served_call& call) noexcept;
    [[nodiscard]] result<export_entry*> target_of(const call_head& head);

    // Those that could not start when they came: session_queue.cpp
    void on_cancel(std::uint32_t call_id) override;
    [[nodiscard]] bool has_room() const noexcept;
    [[nodiscard]] bool may_start() const noexcept;
    [[nodiscard]] bool starts_in_order(const servant& target) const noexcept {
        return target.execution() == policy::session && !traits_.starts_at_once;
    }
    void release_strand(const active_call& call) noexcept;
    [[nodiscard]] wait_frame* frame_for(const call_head& head) noexcept;
    void run_queued_call(queued_call& call, bool on_strand);
    [[nodiscard]] std::unique_ptr<queued_call> copy_call(const call_head& head, const arrival& came,
                                                         servant* target, std::uint64_t unread = 0);
    void enqueue(std::unique_ptr<queued_call> call);
    void drop_queued(std::deque<std::unique_ptr<queued_call>>& calls);
    [[nodiscard]] std::unique_ptr<queued_call> take_queued(std::uint32_t call_id);
    void ask_to_end(served_call& call);
    [[nodiscard]] bool waits_for_itself(const call_head& head, const object_turn& turn) noexcept;
    [[nodiscard]] bool take_turn(const call_head& head, servant& target, const arrival& came,
                                 std::uint64_t* unread = nullptr);
    void turn_came(std::unique_ptr<queued_call> call);
    void leave_turn(object_turn& turn);
    void fail_promise(std::uint32_t id, error failure);
    void promise_ready(export_entry& entry);

    // References: session_references.cpp
    void on_release(std::uint32_t object, std::uint32_t count) override;
    [[nodiscard]] result<wire_reference> lend(referent* object) override;
    [[nodiscard]] result<intrusive_ptr<referent>> borrow(wire_reference from,
                                                         std::string_view interface_name) override;
    [[nodiscard]] referent* find_lent(std::uint32_t object) noexcept override;
    [[nodiscard]] intrusive_ptr<remote_object> import(std::uint32_t id, std::uint32_t received);
    void drop_export(export_entry& entry, std::uint32_t count);
    void drop_kept();

    // Streams: session_streams.cpp
    void end_streams(const error& reason);
    void end_sinks(const error& reason);
    void grant_all();
    void resume_streams();
    void note_stopped(stream_in& stream) noexcept;
    void write_stops();
    void start_streams(const std::vector<std::uint32_t>& streams);
    void drop_unstarted(const std::vector<std::uint32_t>& streams);
    void stop_producer(stream_out& ending);
    [[nodiscard]] result<std::uint32_t> lend_stream(referent* source) override;
    [[nodiscard]] result<intrusive_ptr<referent>> borrow_stream(std::uint32_t stream) override;
    [[nodiscard]] result<void> borrow_stream(std::uint32_t stream,
                                             native::stream_sink& sink) override;
    void end_source(std::uint32_t id, const error* failure);
    void end_sink(std::uint32_t id, std::optional<error> failure);
    void on_stream_item(std::uint32_t stream, native::reader& item) override;
    void on_value_stream_item(std::uint32_t stream, value item, std::uint32_t wire_bytes) override;
    template <typename Hand>
    void take_item(std::uint32_t id, std::uint32_t size, const Hand& hand);
    void refuse_items(stream_in& in, error failure);
    void on_stream_end(std::uint32_t stream, std::optional<error> failure) override;
    void on_stream_credit(std::uint32_t stream, std::uint32_t more) override;
    void on_stream_stop(std::uint32_t stream) override;

    // Pings by request, and what is before the first call and the end: session_events.cpp
    struct awaited_ping;
    static constexpr std::uint64_t greeting_number = ~std::uint64_t{0};
    void on_pong(std::uint64_t number) override;
    void on_ping_failed(std::uint64_t number, error failure) override;
    void settle_ping(std::uint64_t number, std::optional<error> failure);
    void fail_pings(const error& reason);
    void note_known();
    [[nodiscard]] const caller_identity* caller_named(std::string_view user) override;
    [[nodiscard]] const caller_identity& caller() const noexcept override { return unnamed(); }

    // Life: session.cpp
    void on_ping(std::uint64_t number) override;
    void on_go_away(error reason) override;
    void on_bye() override;
    void on_oddity(std::string_view id, std::string_view text) override;
    [[nodiscard]] buffer& begin_answer() noexcept override;
    void end_answer() override;
    void drop_answer() override;
    [[nodiscard]] bool shows_something() const noexcept override { return directory_ != nullptr; }
    [[nodiscard]] intrusive_ptr<object_core> serving(std::string_view method) override;
    [[nodiscard]] const beckon::limits& limits() const noexcept override { return options_.limits; }
    [[nodiscard]] reference_exchange& references() noexcept override { return *this; }
    void greet();
    void end(error reason, bool say_bye);
    void on_only_hold() noexcept override;
    void on_last_release() noexcept override {} // the driver frees it
    void collect(intrusive_ptr<referent> garbage) {
        if (garbage) garbage_.push_back(std::move(garbage));
    }
    void keep(intrusive_ptr<referent> ending) noexcept override { collect(std::move(ending)); }
    void set_timer();

    std::mutex mutex_;
    referent_keeper* keeper_before_ = nullptr; ///< Of the thread that holds the lock.
    const std::unique_ptr<beckon::protocol> protocol_;
    const protocol_traits traits_;
    session_driver& driver_;
    const session_options options_;
    intrusive_ptr<servant> directory_; ///< Until the end: what it publishes may hold this session.
    caller_identity identity_;
    std::deque<caller_identity> named_; ///< Of messages; they stay where they are.
    std::atomic<const caller_identity*> first_named_{nullptr};
    peer_limits peer_limits_;
    std::atomic<state> state_ = state::open; ///< Changed under the lock.
    std::optional<error> over_because_;
    std::optional<error> input_end_;     ///< The peer says no more, and is answered still.
    std::optional<error> peer_draining_; ///< Why the peer takes no new calls.
    std::optional<error> draining_;      ///< Why we take none.
    bool greeted_;                       ///< Or no greeting is to come.

    buffer out_;
    std::size_t unsent_ = 0;
    mutable bool wants_room_ = false;
    std::size_t answer_at_ = 0; ///< Where the protocol's own answer begins.
    std::size_t unasked_bytes_ =
        0; ///< Of answers that no credit bounds, since all output had left.
    std::optional<native::writer> writer_;
    std::vector<std::uint32_t> lent_;         ///< By the message being written.
    std::vector<std::uint32_t> lent_streams_; ///< Likewise.

    // The call between begin_call and end_call.
    pending_call* begun_ = nullptr;
    bool begun_parked_ = false;
    bool begun_synchronous_ = false;
    buffer parking_;

    call_table calls_;
    std::uint32_t in_flight_ = 0;
    std::size_t in_flight_bytes_ = 0;
    std::deque<std::uint32_t> forgotten_; ///< See forget; some may have been answered since.
    std::size_t late_ = 0;                ///< Those in the table that were not.
    std::deque<parked_call> parked_;
    std::size_t parked_bytes_ = 0;
    std::uint32_t last_promise_ = 0;
    pending_call* completed_ = nullptr;
    pending_call** completed_tail_ = &completed_;
    time_point armed_for_ = never;

    std::uint32_t serving_ = 0; ///< Calls of the peer not yet answered.
    std::uint32_t credited_ =
        0; ///< Those among them that count against its credit: all but one-way ones.
    std::size_t credited_bytes_ = 0; ///< Of their messages.
    std::size_t oneway_bytes_ = 0;   ///< Of the messages of one-way calls.
    std::uint64_t served_ = 0;
    served_call* active_ = nullptr;                  ///< List of calls being served.
    const active_call* strand_ = nullptr;            ///< The one that the others wait for.
    std::deque<std::unique_ptr<queued_call>> queue_; ///< Start in order, when the strand is free.
    std::deque<std::unique_ptr<queued_call>> ready_; ///< May start whatever else runs.
    std::vector<queued_call*> awaiting_turn_;        ///< Kept by the turns of serial objects.
    bool holds_calls_;                               ///< Until let_in.
    std::atomic<bool> heard_ = false;                ///< Something of the peer's was understood.
    std::deque<std::unique_ptr<queued_call>> early_; ///< Those calls.
    std::vector<function<void()>> grants_; ///< Of turns given on; to be run without the lock.
    std::vector<std::uint32_t> borrowed_;  ///< Objects read from the message being taken.
    std::size_t pipelined_ = 0;
    std::uint32_t binding_promise_ = 0; ///< While a result is written: the number it shall have.
    wait_frame* waiting_ = nullptr;     ///< List of threads that wait in this session.
    wait_frame* driving_frame_ =
        nullptr; ///< The waiting thread that reads now; null: the driver's own.

    export_table exports_;
    unread_calls unread_;
    import_table imports_;
    std::map<std::string, remote_object*, std::less<>>
        published_; ///< By name; as the imports, not owned.
    std::atomic<remote_object*> released_{nullptr};
    std::atomic<stream_in*> stopped_{nullptr};     ///< Dropped by their readers; each holds itself.
    std::vector<intrusive_ptr<referent>> garbage_; ///< To be freed without the lock.
    std::vector<remote_object*> dead_;             ///< Released; to be freed without the lock.
    std::vector<intrusive_ptr<ref_counted>>
        held_;                            ///< Ended streams, which hold this session; likewise.
    std::vector<served_call*> to_cancel_; ///< Pinned; to be told without the lock.

    flat_map<std::uint32_t, intrusive_ptr<stream_out>> sources_;
    flat_map<std::uint32_t, intrusive_ptr<stream_in>> sinks_;
    std::uint32_t last_stream_ = 0;

    time_point last_input_{};  ///< As on_timer last saw it.
    bool input_since_ = false; ///< Something came after that.
    time_point started_{};     ///< And greeted, for the last time.
    time_point greets_again_ = never;
    std::uint32_t pings_unanswered_ = 0;
    /// Of those that somebody waits for; the session's own have smaller numbers.
    std::uint64_t last_ping_ = std::uint64_t{1} << 32;
    std::vector<awaited_ping*> pings_;
    std::vector<std::function<void(session&)>> before_close_;
    std::uint64_t oddities_ = 0;
    std::string last_oddity_;
};

inline void session::nudge_waiting() noexcept {
    for (wait_frame* frame = waiting_; frame != nullptr; frame = frame->next)
        frame->waiting.nudge();
}

} // namespace beckon
