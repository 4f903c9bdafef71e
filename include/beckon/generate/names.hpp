// How names of the IDL become names of a programming language: shared by all generators.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "beckon/base/result.hpp"
#include "beckon/schema/place.hpp"

namespace beckon::generate {

/// One file that a generator made.
struct generated_file {
    std::string name; ///< Relative to the output folder.
    std::string content;

    bool operator==(const generated_file&) const = default;
};

enum class naming : std::uint8_t {
    as_is,
    snake,       ///< make_counter
    screaming,   ///< MAKE_COUNTER
    camel,       ///< makeCounter
    pascal,      ///< MakeCounter
    lower_first, ///< As it is, but for the first letter.
};

/// The words of a name, in lower case: "HTTPServer2_url" is http, server2, url.
[[nodiscard]] std::vector<std::string> words_of(std::string_view name);

[[nodiscard]] std::string convert(std::string_view name, naming style);

class clash_list;

/// The names of one scope of generated code: converts each, keeps clear of reserved words by appending '_', and
/// finds two that become one.
///
/// Thread-safety: none.
class name_scope {
public:
    /// `reserved` must be sorted; it, `also_reserved` and `clashes` must outlive the scope. With `clashes`, names that become
    /// one are noted there, and adding does not fail.
    name_scope(std::string where, naming style, std::span<const std::string_view> reserved,
               const std::unordered_set<std::string>* also_reserved = nullptr,
               clash_list* clashes = nullptr);

    /// The name to use in generated code; `word` says what it is, for messages: "field".
    ///
    /// Errors: invalid_argument, naming both, where an earlier name became the same.
    [[nodiscard]] result<std::string> add(std::string_view word, std::string_view name,
                                          const schema::place& at = {});

    /// The same where the generator has converted the name itself.
    [[nodiscard]] result<std::string> add_as(std::string_view word, std::string_view name,
                                             std::string converted, const schema::place& at = {});

    /// What add() gave for a name, which must have been added.
    [[nodiscard]] const std::string& of(std::string_view name) const;

private:
    /// A name as it was, "field 'made_at'", and where.
    struct origin {
        std::string described;
        schema::place at;
    };

    std::string where_;
    naming style_;
    std::span<const std::string_view> reserved_;
    const std::unordered_set<std::string>* also_reserved_;
    std::unordered_map<std::string, std::string> converted_;
    std::unordered_map<std::string, origin> origins_;
    clash_list* clashes_;
};

} // namespace beckon::generate
