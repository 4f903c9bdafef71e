// From bytes to messages: finds them, takes the headers of security providers off, has those judged.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "beckon/object/call.hpp"
#include "beckon/protocol/quickrpc/codec.hpp"
#include "beckon/session/message_security.hpp"

namespace beckon::quickrpc {

/// The method of a header, which goes before the message that it is about.
inline constexpr std::string_view header_method = "rpc.secinfo";

/// One message with what its header said.
struct received {
    message content;
    value secinfo = value::map(); ///< As it came.
    metadata header{};            ///< Its pairs of texts.
    std::string user{};           ///< Whose message it is proven to be.
    std::size_t bytes = 0;        ///< With its header.
    bool is_refused = false;      ///< Bad because it does not prove what it should.
    bool is_unreadable = false;   ///< Refused, and whether it is a call cannot be told.
    bool is_unproven = false; ///< A failure without a header, before the peer has proven anything.
};

/// A header stays in the input until its message is whole, so that what is left of the input is all there is to keep.
///
/// Thread-safety: none.
class message_input {
public:
    /// Both outlive it. Without a provider secured messages are refused.
    message_input(const codec& reads, message_security* security)
        : codec_(reads), security_(security), splitter_(reads.make_splitter()) {}

    struct step {
        std::size_t bytes = 0; ///< Of the input that have been dealt with.
        std::optional<received> came{};
    };
    /// Up to one message. What stays in the input comes again, with more behind it. `is_last`: no more will come.
    ///
    /// Errors: limit_exceeded and parse_error, where no further message can be found.
    [[nodiscard]] result<step> take(byte_view input, const codec_rules& rules, std::size_t most,
                                    bool is_last);
    /// How many bytes are needed for a message to be found, as far as is known; 0: unknown.
    [[nodiscard]] std::size_t size(byte_view input) const noexcept {
        const std::size_t begin = open_ ? open_->end : 0;
        if (begin > input.size()) return 0;
        const std::size_t more = splitter_->size(input.subspan(begin));
        return more != 0 ? begin + more : 0;
    }

private:
    struct open_header {
        value secinfo;
        std::size_t end = 0; ///< Where the search for its message goes on.
    };
    [[nodiscard]] std::optional<received> cut_short(std::size_t bytes);
    [[nodiscard]] received refused(byte_view telegram, error why, const codec_rules& rules) const;
    [[nodiscard]] received judge(byte_view telegram, const codec_rules& rules);
    void take_header(const message& from, std::size_t end);

    const codec& codec_;
    message_security* const security_;
    const std::unique_ptr<splitter> splitter_;
    std::optional<open_header> open_;
    bool has_proven_ = false; ///< The peer, by one message at least.
};

/// The pairs of texts in what came as a header; other pairs are left out.
[[nodiscard]] metadata texts_in(const value& secinfo);

} // namespace beckon::quickrpc
