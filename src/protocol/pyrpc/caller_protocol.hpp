// The client's half of pyrpc as a state machine: calls in, orders for the stream out; outcomes in, replies out.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "beckon/base/flat_map.hpp"
#include "beckon/protocol/pyrpc/pyrpc.hpp"
#include "beckon/session/dynamic_protocol.hpp"
#include "protocol/pyrpc/collected_streams.hpp"
#include "protocol/pyrpc/exchange.hpp"
#include "protocol/pyrpc/message.hpp"

namespace beckon::pyrpc {

/// What a caller's protocol takes from outside, for the calls that are asked for by and by.
struct outside_world {
    std::function<job_time()> now = [] { return wall_now(); };
    std::function<value()> new_id; ///< A uuid of version 4.
};
[[nodiscard]] value random_id();

class caller_protocol final : public dynamic_protocol {
public:
    explicit caller_protocol(caller_options chosen, outside_world outside = {});
    ~caller_protocol() override;

    [[nodiscard]] std::string_view name() const noexcept override { return "pyrpc"; }
    [[nodiscard]] protocol_traits traits() const noexcept override;

    result<consumed> consume(byte_view input, session_events& events) override;
    [[nodiscard]] std::size_t message_size(byte_view input) const noexcept override;

    result<void> write_value_call(buffer& out, const call_head& head,
                                  const dynamic_request& request,
                                  reference_exchange& references) override;
    /// A client of pyrpc is not called.
    result<void> write_value_reply(buffer& out, std::uint32_t call_id, const value& result,
                                   reference_exchange& references) override;
    void write_error(buffer&, std::uint32_t, const error&, bool) override {}
    /// Nothing is lent in this protocol.
    void write_release(buffer&, std::span<const std::pair<std::uint32_t, std::uint32_t>>) override {
    }
    void refuse_open_calls(buffer&, const error&) override {}
    result<void> write_value_stream_item(buffer& out, std::uint32_t stream, const value& item,
                                         reference_exchange& references) override;
    void write_stream_end(buffer& out, std::uint32_t stream, const error* failure) override;
    void write_cancel(buffer& out, std::uint32_t call_id) override;

private:
    struct open_call;

    // What goes: calling.cpp
    [[nodiscard]] result<void> prepare(open_call& made, const call_head& head,
                                       const dynamic_request& request) const;
    [[nodiscard]] result<void> begin(buffer& out, std::uint32_t number, open_call& of);
    [[nodiscard]] result<void> put_exchange(buffer& out, std::uint32_t number, const open_call& of,
                                            const value& content, nanoseconds delay,
                                            nanoseconds within) const;
    void put_bounce(buffer& out, std::uint32_t number) const;

    // What comes: caller_protocol.cpp
    void take(const outcome& came, byte_view content, session_events& events);
    [[nodiscard]] result<value> read_reply(const open_call& of, const outcome& came,
                                           byte_view content) const;
    [[nodiscard]] error failure_of(const open_call& of, const outcome& came,
                                   byte_view content) const;
    void take_poll(std::uint32_t number, const outcome& came, byte_view content,
                   session_events& events);
    void settle(std::uint32_t number, result<value> outcome, session_events& events);

    const caller_options options_;
    const outside_world outside_;
    limits limits_;
    std::size_t most_bytes_ = default_message_bytes;
    /// By their numbers. None is used twice: what comes late of one that has ended is nobody's.
    std::unordered_map<std::uint32_t, std::unique_ptr<open_call>> open_;
    std::uint32_t last_number_ = 0;
    flat_map<std::uint32_t, std::uint32_t> numbers_; ///< By the session's.
    collected_streams streams_;
};

struct caller_protocol::open_call {
    enum class stage : std::uint8_t {
        collecting, ///< Its arguments: streams that have not ended.
        calling,    ///< A plain call, or the beginning of one that is asked for by and by.
        polling,
        given_up, ///< Nobody waits any more.
    };
    open_call::stage at = stage::collecting;
    std::uint32_t call_id = 0; ///< 0: nobody waits for the outcome.
    std::string method;
    operation what = operation::call_method;
    value arguments; ///< A list.
    value named;
    std::size_t streams = 0; ///< Of the arguments, that have not ended.
    std::optional<error> failure{};
    bool polls = false;
    bool ends_by_deadline = false; ///< Before any time limit of pyrpc's.
    value id{};                    ///< Of a call that is asked for by and by.
    job_time put_at{};
    time_point due{};
    caller_options times{};

    /// Of a call that is asked for by and by: so long its beginning may last, and each question.
    [[nodiscard]] nanoseconds of_one_exchange() const {
        return std::min(times.nb_fetch_timeout, times.call_timeout);
    }
};

} // namespace beckon::pyrpc
