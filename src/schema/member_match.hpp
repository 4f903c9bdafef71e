// Lines up the members of two versions of a declaration by name.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace beckon::schema {

/// What happened to a list of names. Positions count from 0.
struct member_match {
    struct pair {
        std::size_t before;
        std::size_t after;
    };
    std::vector<pair> common;          ///< The same name in both, in the order of the old list.
    std::vector<pair> renamed;         ///< Another name at the same position.
    std::vector<std::size_t> removed;  ///< Of the old list, with members after it that stayed.
    std::vector<std::size_t> cut;      ///< Of the old list, from its end.
    std::vector<std::size_t> inserted; ///< Of the new list, with old members after it.
    std::vector<std::size_t> appended; ///< Of the new list, at its end.
    std::optional<pair> moved; ///< The first member that is not where the others' order puts it.
};

[[nodiscard]] member_match match_members(const std::vector<std::string>& before,
                                         const std::vector<std::string>& after);

} // namespace beckon::schema
