// What a program decides about calls itself that declares its methods one by one, in place of publishing objects: quickrpc's
// way. Protocols that ask for it take it in their options.
#pragma once

#include <cstdint>
#include <string_view>

namespace beckon {

/// Asked under a session's lock, from several sessions at once: must neither block nor call into a session.
///
/// What is no call comes as one of a method that no peer can name, without an answer: it keeps its place among the calls,
/// and whoever serves them knows by the session whom it is from.
class message_rules {
public:
    enum class answered : std::uint8_t {
        when_asked, ///< Where the call has an id.
        always,     ///< Results are answered without that too; failures only with it.
        not_at_all,
    };
    /// A message that could not be read: [the error's code, its text].
    static constexpr std::string_view bad_message = "\xff bad message";
    /// An answer to none of this session's calls: [id, result], or [id, null, text] for a failure.
    static constexpr std::string_view stray_answer = "\xff stray answer";

    virtual ~message_rules() = default;
    [[nodiscard]] virtual answered answers(std::string_view method) const = 0;
    /// The id of the next call that wants an answer. No session may be asked to write two calls with one id.
    [[nodiscard]] virtual std::uint64_t next_id() = 0;
};

} // namespace beckon
