// What peers tell each other beside the calls of their programs, in protocols that have nothing but calls for it: calls
// that nobody answers, of methods whose names begin with a mark.
//
//   release [object, count]    so many of the references that were sent are gone
//   item [stream, value]       the next item of a stream
//   end [stream], [stream, failure]
//   credit [stream, items]     its reader takes so many more; 0: no more
//
// And the names of methods of lent objects: "ref/3.increment" behind the mark.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "beckon/session/protocol.hpp"
#include "beckon/value/value.hpp"

namespace beckon {

/// Longest number that an object or a stream has: the session's own.
inline constexpr std::int64_t most_number = 0x7fff'ffff;

/// Takes them. A protocol says how its values look; the rules are here.
///
/// Thread-safety: none; REQUIRES: the session's lock is held.
class peer_notices {
protected:
    /// `mark` begins the names, "$"; `oddity` is the id of log lines about broken ones.
    constexpr peer_notices(std::string_view mark, std::string_view oddity) noexcept
        : mark_(mark), oddity_(oddity) {}
    ~peer_notices() = default;

    /// Whether the call is one of them, and then it has been dealt with. `wire_bytes` are those of its message.
    bool take_notice(std::string_view method, const value& params, std::uint32_t wire_bytes,
                     session_events& events);

    struct lent_method {
        std::uint32_t object = 0;
        std::string_view method;
    };
    /// Whether a method's name says that it is one of a lent object.
    [[nodiscard]] bool is_of_lent(std::string_view name) const noexcept;
    /// Which object, and which of its methods; nothing where that cannot be told. REQUIRES: is_of_lent(name).
    [[nodiscard]] std::optional<lent_method> split_lent(std::string_view name) const noexcept;

private:
    /// What an item's value stands for.
    [[nodiscard]] virtual result<value> item_from(const value& told) { return told; }
    [[nodiscard]] virtual error failure_from(const value& told) = 0;
    virtual void write_stop(buffer& out, std::uint32_t stream) = 0;

    void take_pair(bool releases, std::string_view method, const value& params,
                   session_events& events);
    void take_item(const value& params, std::uint32_t wire_bytes, session_events& events);
    void take_end(const value& params, session_events& events);
    void tell_broken(std::string_view method, const value& params, std::string_view expected,
                     session_events& events) const;

    const std::string_view mark_;
    const std::string_view oddity_;
};

} // namespace beckon
