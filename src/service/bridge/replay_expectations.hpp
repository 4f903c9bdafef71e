// What a server is expected to say in a replay, and which of it has come.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "beckon/service/recording.hpp"
#include "service/bridge/replay_comparison.hpp"
#include "session/teller.hpp"

namespace beckon {

/// Matches what comes with what was recorded: answers by the calls that they answer, everything else in its order, or where
/// the server says the same in another order, by what it is.
///
/// Thread-safety: none.
class replay_expectations {
public:
    replay_expectations(const replay_comparison& by, std::uint64_t conversation,
                        replay_report& into) noexcept
        : by_(by), conversation_(conversation), report_(into) {}

    /// Recorded messages of the server, in their order.
    void expect(std::size_t line, told_message said);
    /// What the server says now. Nothing that lies in its input is kept.
    void take(told_message said);
    /// Whether all that was recorded before that line has come. What came in place of something else is paired with it.
    [[nodiscard]] bool has_come(std::size_t before_line);
    /// What was recorded before that line and has not come never will.
    void give_up(std::size_t before_line, std::string_view why);
    /// The recorded client has said all that it did: what comes when all is there, it would not have read.
    void close_behind_all() noexcept { is_closed_behind_all_ = true; }
    /// Nothing more will come: what is left over was not expected.
    void end();

    [[nodiscard]] other_names& names() noexcept { return names_; }

private:
    struct expected {
        std::size_t line = 0;
        told_message said;
        bool is_settled = false;
    };

    void settle(expected& one, const told_message& actual);
    [[nodiscard]] expected* find_answer(const told_message& to);
    [[nodiscard]] expected* find_same(const told_message& as);
    void report(replay_difference::kind what, std::size_t line, std::string where,
                std::string recorded, std::string actual);
    void skip_settled();

    const replay_comparison& by_;
    const std::uint64_t conversation_;
    replay_report& report_;
    std::vector<expected> all_;
    std::size_t first_open_ = 0; ///< Before it all are settled.
    std::vector<told_message> unexpected_;
    other_names names_;
    bool is_closed_behind_all_ = false;
};

} // namespace beckon
