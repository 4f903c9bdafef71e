// Deliberate defects, each planted into the protocol of one run: the seeds must notice every one of them.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "beckon/io/endpoint.hpp"
#include "protocol/native/frame.hpp"
#include "service/session_factory.hpp"
#include "simulation/program.hpp"

namespace beckon::simulation {

/// The native protocol, with a place to break each message.
class broken_protocol : public protocol {
public:
    broken_protocol() : inner_(std::move(make_protocol(io::endpoint{}).value())) {}

    [[nodiscard]] std::string_view name() const noexcept override { return inner_->name(); }
    [[nodiscard]] protocol_traits traits() const noexcept override { return inner_->traits(); }
    result<consumed> consume(byte_view input, session_events& events) override {
        return inner_->consume(input, events);
    }
    [[nodiscard]] std::size_t message_size(byte_view input) const noexcept override {
        return inner_->message_size(input);
    }
    void write_greeting(buffer& out, const greeting& mine) override {
        inner_->write_greeting(out, mine);
    }
    void begin_call(native::writer& out, const call_head& head) override {
        inner_->begin_call(out, head);
    }
    void begin_reply(native::writer& out, std::uint32_t call_id) override {
        inner_->begin_reply(out, call_id);
    }
    void begin_stream_item(native::writer& out, std::uint32_t stream) override {
        inner_->begin_stream_item(out, stream);
    }
    void finish(native::writer& out) override {
        inner_->finish(out);
        native::frame_header head;
        std::memcpy(&head, out.out().data() + out.start(), sizeof head);
        finished(out.out(), out.start(), head);
    }
    void write_error(buffer& out, std::uint32_t call_id, const error& failure,
                     bool untaken) override {
        inner_->write_error(out, call_id, failure, untaken);
    }
    void write_cancel(buffer& out, std::uint32_t call_id) override {
        inner_->write_cancel(out, call_id);
    }
    void write_release(buffer& out,
                       std::span<const std::pair<std::uint32_t, std::uint32_t>> released) override {
        inner_->write_release(out, released);
    }
    void write_stream_end(buffer& out, std::uint32_t stream, const error* failure) override {
        inner_->write_stream_end(out, stream, failure);
    }
    void write_stream_credit(buffer& out, std::uint32_t stream, std::uint32_t size) override {
        inner_->write_stream_credit(out, stream, size);
    }
    void write_stream_stop(buffer& out, std::uint32_t stream) override {
        inner_->write_stream_stop(out, stream);
    }
    void write_ping(buffer& out, std::uint64_t number) override { inner_->write_ping(out, number); }
    void write_pong(buffer& out, std::uint64_t number) override { inner_->write_pong(out, number); }
    void write_go_away(buffer& out, const error& reason) override {
        inner_->write_go_away(out, reason);
    }
    void write_bye(buffer& out) override { inner_->write_bye(out); }

protected:
    /// A call, reply or item stands complete in `out`, from `start` to its end.
    virtual void finished(buffer&, std::size_t, const native::frame_header&) {}
    /// True once in so many times.
    [[nodiscard]] bool now_and_then(std::uint32_t every) { return ++count_ % every == 0; }
    static bool is(const native::frame_header& head, native::frame_type type) {
        return head.type == type;
    }
    static bytes copy_of(const buffer& out, std::size_t start) {
        const byte_view message = out.view().subspan(start);
        return {message.begin(), message.end()};
    }

private:
    std::unique_ptr<protocol> inner_;
    std::uint32_t count_ = 0;
};

namespace defects {

using native::frame_header;
using native::frame_type;

struct lost_release final : broken_protocol {
    void write_release(buffer& out,
                       std::span<const std::pair<std::uint32_t, std::uint32_t>> released) override {
        if (!now_and_then(5)) broken_protocol::write_release(out, released);
    }
};

struct release_counted_twice final : broken_protocol {
    void write_release(buffer& out,
                       std::span<const std::pair<std::uint32_t, std::uint32_t>> released) override {
        broken_protocol::write_release(out, released);
        if (now_and_then(5)) broken_protocol::write_release(out, released);
    }
};

struct lost_reply final : broken_protocol {
    void finished(buffer& out, std::size_t start, const frame_header& head) override {
        if (is(head, frame_type::reply) && now_and_then(30)) out.truncate(start);
    }
};

struct doubled_reply final : broken_protocol {
    void finished(buffer& out, std::size_t start, const frame_header& head) override {
        if (is(head, frame_type::reply) && now_and_then(30)) out.append(copy_of(out, start));
    }
};

/// Two replies go to each other's callers.
struct reply_to_the_wrong_call final : broken_protocol {
    void finished(buffer& out, std::size_t start, const frame_header& head) override {
        if (!is(head, frame_type::reply)) return;
        const std::size_t at = start + offsetof(frame_header, call);
        if (&out == of_ && last_end_ == start && now_and_then(5)) {
            std::memcpy(out.data() + at, &last_call_, sizeof last_call_);
            std::memcpy(out.data() + last_start_ + offsetof(frame_header, call), &head.call,
                        sizeof head.call);
        }
        of_ = &out, last_start_ = start, last_end_ = out.size(), last_call_ = head.call;
    }
    buffer* of_ = nullptr;
    std::size_t last_start_ = 0, last_end_ = 0;
    std::uint32_t last_call_ = 0;
};

/// Two calls that leave together change places.
struct reordered_call final : broken_protocol {
    void finished(buffer& out, std::size_t start, const frame_header& head) override {
        // Not those that wait for a result or make one: they may start in another order anyway.
        if (!is(head, frame_type::call) || ((head.object & promise_bit) != 0) ||
            (head.flags & native::flags::promise) != 0)
            return;
        if (&out == of_ && last_end_ == start && now_and_then(3)) {
            const bytes second = copy_of(out, start);
            const bytes first = copy_of(out, last_start_);
            out.truncate(last_start_);
            out.append(second);
            out.append(byte_view(first).first(first.size() - second.size()));
        }
        of_ = &out, last_start_ = start, last_end_ = out.size();
    }
    buffer* of_ = nullptr;
    std::size_t last_start_ = 0, last_end_ = 0;
};

struct call_executed_twice final : broken_protocol {
    void finished(buffer& out, std::size_t start, const frame_header& head) override {
        if (!is(head, frame_type::call) || (head.flags & native::flags::promise) != 0 ||
            !now_and_then(30))
            return;
        bytes again = copy_of(out, start);
        again[offsetof(frame_header, flags)] |=
            std::byte{native::flags::oneway}; // so that nobody sees a second reply
        out.append(again);
    }
};

struct lost_call final : broken_protocol {
    void finished(buffer& out, std::size_t start, const frame_header& head) override {
        if (is(head, frame_type::call) && now_and_then(40)) out.truncate(start);
    }
};

struct lost_call_on_a_promise final : broken_protocol {
    void finished(buffer& out, std::size_t start, const frame_header& head) override {
        if (is(head, frame_type::call) && (head.object & promise_bit) != 0 && now_and_then(10))
            out.truncate(start);
    }
};

struct forgotten_cancel final : broken_protocol {
    void write_cancel(buffer& out, std::uint32_t call_id) override {
        if (!now_and_then(3)) broken_protocol::write_cancel(out, call_id);
    }
};

struct ignored_deadline final : broken_protocol {
    void begin_call(native::writer& out, const call_head& head) override {
        call_head without = head;
        if (now_and_then(10)) without.time_left = nanoseconds(0);
        broken_protocol::begin_call(out, without);
    }
};

struct stretched_deadline final : broken_protocol {
    void begin_call(native::writer& out, const call_head& head) override {
        call_head longer = head;
        if (now_and_then(10)) longer.time_left *= 2;
        broken_protocol::begin_call(out, longer);
    }
};

/// The answer to a call that was cancelled, which gives its credit back, never comes.
struct credit_not_given_back final : broken_protocol {
    void write_error(buffer& out, std::uint32_t call_id, const error& failure,
                     bool untaken) override {
        if (failure.code() != errc::cancelled || !now_and_then(3))
            broken_protocol::write_error(out, call_id, failure, untaken);
    }
};

struct stream_credit_not_given_back final : broken_protocol {
    void write_stream_credit(buffer& out, std::uint32_t stream, std::uint32_t size) override {
        if (!now_and_then(3)) broken_protocol::write_stream_credit(out, stream, size);
    }
};

struct lost_stream_item final : broken_protocol {
    void finished(buffer& out, std::size_t start, const frame_header& head) override {
        if (is(head, frame_type::stream_item) && now_and_then(30)) out.truncate(start);
    }
};

/// What a refused call brought counts as taken, though nobody has it.
struct references_of_refused_calls_lost final : broken_protocol {
    void write_error(buffer& out, std::uint32_t call_id, const error& failure, bool) override {
        broken_protocol::write_error(out, call_id, failure, false);
    }
};

} // namespace defects

template <typename Defect>
program_options with_defect() {
    program_options options;
    options.make_protocol = []() -> std::unique_ptr<protocol> {
        return std::make_unique<Defect>();
    };
    return options;
}

/// Programs that never learn that a connection has died keep for ever what they lent through it.
inline program_options deaf_drivers() {
    program_options options;
    options.deaf = true;
    return options;
}

} // namespace beckon::simulation
