// A schema as remcall has it (docs/wire/remcall.md, sections 2 and 3): plain data, its order and its numbers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace beckon::schema::remcall {

/// What a type is. The numbers of the primitives are those of the binary form.
enum class kind : std::uint8_t {
    void_ = 0, ///< As a result only.
    boolean = 1,
    int8 = 2,
    uint8 = 3,
    int16 = 4,
    uint16 = 5,
    int32 = 6,
    uint32 = 7,
    int64 = 8,
    uint64 = 9,
    float32 = 10,
    float64 = 11,
    string = 12,
    date = 13,
    time = 14,
    datetime = 15,
    enumeration = 16, ///< `index` in document::enumerations
    record = 17,      ///< `index` in document::records
    interface = 18,   ///< `index` in document::interfaces
};

/// A use of a type: a primitive or a declared one, or an array of either. Arrays of arrays do not exist.
struct type {
    remcall::kind kind = kind::void_;
    bool array = false;
    std::uint32_t index = 0; ///< Of a declared type: where it stands among those of its kind.

    bool operator==(const type&) const = default;
};

/// A field of a record, or an argument of a method.
struct member {
    remcall::type type;
    std::string name;

    bool operator==(const member&) const = default;
};

struct enumeration {
    std::string name;
    std::vector<std::string> values; ///< A value travels as its position.

    bool operator==(const enumeration&) const = default;
};

struct record {
    std::string name;
    std::vector<member> fields;

    bool operator==(const record&) const = default;
};

struct method {
    std::string name;
    std::vector<member> arguments;
    remcall::type result;

    bool operator==(const method&) const = default;
};

struct interface {
    std::string name;
    std::vector<method> methods; ///< As declared; calls number them otherwise, see calls.hpp.

    bool operator==(const interface&) const = default;
};

/// A schema. In canonical order its declarations are sorted by name, bytewise, in each of the three lists; all that
/// reads or converts gives it so. Members keep their order.
struct document {
    std::string label;
    std::uint8_t method_ref_bytes = 2; ///< 1, 2, 4 or 8.
    std::uint8_t object_ref_bytes = 4; ///< 1, 2, 4 or 8.
    std::vector<remcall::enumeration> enumerations;
    std::vector<remcall::record> records;
    std::vector<remcall::interface> interfaces;

    bool operator==(const document&) const = default;
};

/// The name of the interface that the entry object implements.
inline constexpr std::string_view main_name = "Main";

/// The first number of declared types; those below are the primitives'.
inline constexpr std::int32_t first_declared_number = 16;

/// How much of what remcall's own model tolerates is taken.
enum class strictness : std::uint8_t {
    strict, ///< All rules of section 3.4, ours among them: what can be used and written again.
    /// What remcall itself reads: duplicates, void arguments, a `Main` that is no interface; in bytes also any order
    /// and any numbers.
    lenient,
};

/// Puts the declarations into canonical order; equal names stay as they are.
void put_in_order(document& document);

/// remcall's spelling: "uint8[]", "Item". The type must be one of the document's.
[[nodiscard]] std::string to_string(const document& document, const type& type);

/// remcall's word for a primitive: "boolean", "datetime"; for the others "enum", "record", "interface".
[[nodiscard]] std::string_view to_string(kind kind) noexcept;

/// Whether text can be a name: ASCII letters and digits, a letter first.
[[nodiscard]] bool is_name(std::string_view text) noexcept;

/// The number of a type in a document in canonical order: a primitive's, 16 and more for declared types, negative for
/// arrays.
[[nodiscard]] std::int32_t number_of(const document& document, const type& type) noexcept;

} // namespace beckon::schema::remcall
