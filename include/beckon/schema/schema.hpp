// Descriptions of types and interfaces at run time: what the IDL says, as plain data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace beckon::schema {

/// What a type is. The numbers stand in the canonical binary form (docs/wire/schema.md) and never change.
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
    bytes = 16,
    duration = 17,
    any = 18,
    optional = 20,    ///< arguments[0]
    list = 21,        ///< arguments[0]
    map = 22,         ///< arguments[0] to arguments[1]
    tuple = 23,       ///< arguments, in order
    variant = 24,     ///< cases: arguments with names in case_names
    stream = 25,      ///< arguments[0]
    enumeration = 30, ///< name
    record = 31,      ///< name
    interface = 32,   ///< name; a reference to an object
};

/// A use of a type: a built-in one, a composed one, or the name of a declared one.
struct type {
    schema::kind kind = kind::void_;
    std::string name;                    ///< Of a declared type.
    std::vector<type> arguments;         ///< Of a composed type.
    std::vector<std::string> case_names; ///< Of a variant, as long as `arguments`.

    bool operator==(const type&) const = default;
};

struct enumerator {
    std::string name;
    std::int32_t number = 0; ///< What travels on the native wire; counts from 0 unless given.
    std::string doc;

    bool operator==(const enumerator&) const = default;
};

struct enumeration {
    std::string name;
    std::vector<enumerator> enumerators;
    std::string doc;

    bool operator==(const enumeration&) const = default;
};

struct field {
    std::string name;
    schema::type type;
    /// An IDL literal in canonical form ("3", "\"x\"", "calm", "[]", see literal.hpp); empty where
    /// there is none. Always empty in a parameter.
    std::string default_value;
    std::string doc;

    bool operator==(const field&) const = default;
};

/// A record, or an exception (which is a record that can be thrown).
struct record {
    std::string name;
    std::vector<field> fields;
    std::string doc;

    bool operator==(const record&) const = default;
};

struct method {
    std::string name;
    std::vector<field> parameters;
    schema::type result;
    std::vector<std::string> raises; ///< Names of declared exceptions; empty: any of the schema's.
    bool oneway = false;             ///< No reply at all.
    bool idempotent = false;         ///< May be repeated after a lost connection.
    /// Its number in protocols that number commands, where one was given: see `commands_of`.
    std::optional<std::uint16_t> command;
    std::string doc;

    bool operator==(const method&) const = default;
};

/// An interface. A method's position in `methods` is its number on the native wire.
struct interface {
    std::string name;
    std::vector<method> methods;
    std::string doc;

    bool operator==(const interface&) const = default;
};

/// A set of declarations that refer to each other by name. Declaration order is kept.
struct document {
    std::string label;                 ///< remcall's schema label; free text.
    std::string doc;                   ///< The comment at the head of the file.
    std::string cpp_namespace;         ///< `namespace a.b;` of the IDL, dots kept.
    std::uint8_t method_ref_bytes = 2; ///< remcall's reference widths: `widths 2 4;` of the IDL.
    std::uint8_t object_ref_bytes = 4;
    std::vector<enumeration> enumerations;
    std::vector<record> records;
    std::vector<record> exceptions;
    std::vector<interface> interfaces;

    bool operator==(const document&) const = default;

    [[nodiscard]] const enumeration* find_enumeration(std::string_view name) const noexcept;
    [[nodiscard]] const record* find_record(std::string_view name) const noexcept;
    [[nodiscard]] const record* find_exception(std::string_view name) const noexcept;
    [[nodiscard]] const interface* find_interface(std::string_view name) const noexcept;
};

/// The numbers of an interface's methods in protocols that number commands: the one that was given, else one more than the
/// method's before it, from 0. Different and of 16 bits each where any was given, in what check() lets pass.
[[nodiscard]] std::vector<std::uint32_t> commands_of(const interface& interface);

/// A type as the IDL writes it: "map<string, list<Item>>", "optional<Point>", "variant<a: int64, b: string>".
[[nodiscard]] std::string to_string(const type& type);

/// The IDL's word for a kind: "int64", "list", "record", "enum".
[[nodiscard]] std::string_view to_string(kind kind) noexcept;

/// The simple built-in type of that spelling ("bool", "boolean", "int8", ... "any", "void"), or nullopt.
[[nodiscard]] std::optional<kind> builtin_kind(std::string_view name) noexcept;

/// Whether text can name a type, member or parameter: ASCII letters, digits and underscores, no digit first.
[[nodiscard]] bool is_name(std::string_view text) noexcept;

} // namespace beckon::schema
