// What changed between two versions of an interface, and what that breaks.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "beckon/base/result.hpp"
#include "beckon/schema/schema.hpp"

namespace beckon::schema {

enum class severity {
    note,       ///< Worth knowing; the native wire does not see it.
    compatible, ///< An addition that the rules of evolution allow.
    removal,  ///< The same backwards: sessions work, but what is gone is missed where it was used.
    breaking, ///< Peers of the two versions misunderstand each other there.
};

/// One change.
struct difference {
    /// "interface Calculator, method add, parameter 2 'b'".
    std::string path;
    /// "type changed from int32 to int64".
    std::string what;
    /// The rule that allows the change, or what goes wrong.
    std::string why;
    schema::severity severity = severity::breaking;
    bool old_to_new = false; ///< What an old peer calls or sends, a new one cannot take.
    bool new_to_old = false; ///< The other way round.

    bool operator==(const difference&) const = default;
};

/// The differences between an interface's closures in two documents, in the order in which they are met: its
/// methods first, then the types they use. Where the digests are equal there are at most notes.
///
/// Compatible both ways are new fields at the end of a record that have default values, new values of an enum
/// that leave the numbers of the others, and new methods at the end of an interface (a peer that lacks one
/// answers unknown_method). Backwards the same changes are removals. Names of parameters may change, and so may
/// which exceptions a method raises. All else breaks.
///
/// Errors: not_found, where one of the documents has no such interface.
/// Limits: time in proportion to the two documents.
[[nodiscard]] result<std::vector<difference>> compare(const document& before, const document& after,
                                                      std::string_view interface_name);

/// Whether peers of the two versions can have a session: nothing is breaking.
[[nodiscard]] bool is_compatible(const std::vector<difference>& differences) noexcept;

/// Whether all that worked with the old version works with the new: nothing is a removal or breaking.
[[nodiscard]] bool is_upgrade(const std::vector<difference>& differences) noexcept;

/// "breaking: record Item, field count: type changed from int64 to string (old to new, new to old): ...".
[[nodiscard]] std::string to_string(const difference& difference);

} // namespace beckon::schema
