// Why a remcall schema is refused: what errors of this folder carry besides their text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "beckon/base/error.hpp"

namespace beckon::schema::remcall {

/// One reason for each rule.
enum class reason : std::uint8_t {
    truncated,            ///< The bytes end before the schema does.
    wrong_magic,          ///< Not "REMCALL".
    wrong_kind,           ///< Not "SCHEMA".
    not_utf8,             ///< A label or name.
    bad_name,             ///< Other than ASCII letters and digits, a letter first.
    bad_width,            ///< Of references: not 1, 2, 4 or 8.
    wrong_tag,            ///< A declaration of another kind than announced, or of none.
    number_taken,         ///< Two declarations with one number, or a primitive's.
    unknown_type,         ///< A number, or place in a document, that nothing has.
    too_many_values,      ///< More than 256 in an enum.
    void_field,           ///< A field of type void.
    void_argument,        ///< An argument of type void. Lenient: taken, where it was read.
    void_array,           ///< An array of void, which has void's number.
    no_methods,           ///< An interface without any.
    too_many_methods,     ///< More than the references to methods can number.
    no_main,              ///< Nothing is called Main.
    main_is_no_interface, ///< Lenient: taken.
    duplicate_type,       ///< Two declarations of one name. Lenient: taken.
    duplicate_member,     ///< Two values, fields, arguments or methods of one name. Lenient: taken.
    contains_itself,      ///< A record in itself, other than in an array. Lenient: taken.
    not_canonical,        ///< Order or numbers other than ours. Lenient: taken.
    wrong_digest,         ///< Of the bytes before it, or other than the one asked for.
    over_limit,           ///< Larger than the reader's options allow.
};

/// "wrong_digest".
[[nodiscard]] std::string_view to_string(reason reason) noexcept;

/// The detail() of each error that a reader, writer or check of remcall schemas gives.
class schema_error final : public error_detail {
public:
    schema_error(remcall::reason reason, std::optional<std::size_t> offset) noexcept
        : reason_(reason), offset_(offset) {}

    [[nodiscard]] remcall::reason reason() const noexcept { return reason_; }
    /// The byte where it was found; nullopt where no bytes were read.
    [[nodiscard]] std::optional<std::size_t> offset() const noexcept { return offset_; }

    /// What an error carries, or nullptr where it is not about a remcall schema.
    [[nodiscard]] static const schema_error* of(const error& error) noexcept {
        return dynamic_cast<const schema_error*>(error.detail().get());
    }

private:
    remcall::reason reason_;
    std::optional<std::size_t> offset_;
};

} // namespace beckon::schema::remcall
