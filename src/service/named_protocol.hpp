// A protocol by the name that endpoints have for it: what making one, and finding it among others, has to know.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "beckon/io/endpoint.hpp"
#include "beckon/schema/schema.hpp"
#include "beckon/session/openings.hpp"
#include "service/session_factory.hpp"
#include "session/passage.hpp"
#include "session/teller.hpp"

namespace beckon {

/// What a protocol is made from.
struct protocol_parts {
    const context* inside; ///< Null: the program has nothing of its own.
    const io::endpoint& where;
    std::unique_ptr<message_security> by{}; ///< Of protocols that carry security alone.
    security_side side = security_side::connecting;
    std::shared_ptr<void> shared{}; ///< Of all who connect to one listener: `share_at` made it.
};

/// What telling a conversation needs: where it is held, and a schema, where messages have an end only for who knows that.
struct telling_parts {
    const context& inside;
    const io::endpoint& where;
    std::shared_ptr<const schema::document> schema{};
    told_interfaces
        interfaces{}; ///< Of what the server publishes, as far as somebody has asked it.
};

struct named_protocol {
    std::string_view name;
    result<std::unique_ptr<protocol>> (*make)(protocol_parts from);
    std::span<const std::string_view> options{};
    bool carries_security = false; ///< Messages have room for a header.
    bool asks_by_calls =
        false; ///< Admission's desk has no form in it: who calls asks for a place by that.
    bool does_with_answers = false;     ///< Its clients need to hear nothing but answers.
    std::string_view told_over_http{};  ///< The option that tells the side that accepts of that.
    std::string_view web_socket_name{}; ///< Of its messages there: a registered sub-protocol.
    /// The option that says in which way to speak it to a server that cannot be asked, and its contents, the first first.
    std::string_view way_option{};
    std::span<const std::string_view> ways{};
    result<std::unique_ptr<io::byte_stream>> (*stream)(stream_parts from) =
        nullptr; ///< Null: the transport's will do.
    /// Of all who connect to one listener.
    std::shared_ptr<void> (*share)(const io::endpoint& where,
                                   const std::function<std::shared_ptr<job_board>()>& jobs) =
        nullptr;
    /// How peers begin that speak first. Null: it cannot share its address.
    result<openings> (*begins)(const context& inside, const io::endpoint& where) = nullptr;
    /// What its messages say, for recordings (service/bridge/recording.hpp). Null: they are recorded as bytes.
    result<std::unique_ptr<teller>> (*tells)(telling_parts from) = nullptr;
    /// What `any+tcp` and its like stand for: the options of each endpoint, separated by `&`. None: nothing.
    std::span<const std::string_view> in_any{};
    /// How messages pass between a client at one of its endpoints and a server at another, unread; nothing: they cannot. Null:
    /// they do as they are, where both endpoints have the same options of the protocol.
    std::optional<passage_maker> (*passes)(const context& inside, const io::endpoint& accepted,
                                           const io::endpoint& dialled) = nullptr;
    /// Its options that `passes` keeps to, or that say nothing of messages which are not the program's own.
    std::span<const std::string_view> passing_options{};
};

/// All there are: protocols.cpp.
[[nodiscard]] std::span<const named_protocol> all_protocols() noexcept;
/// Null where there is none of that name.
[[nodiscard]] const named_protocol* named(std::string_view protocol) noexcept;
/// Whether messages of the protocol that an endpoint names can be protected one by one there.
[[nodiscard]] result<void> check_carries_security(const io::endpoint& where,
                                                  std::string_view security);

} // namespace beckon
