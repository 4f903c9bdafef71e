// What reading and writing by schema need to know of types, looked up once a message.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "beckon/base/result.hpp"
#include "beckon/schema/schema.hpp"
#include "beckon/value/value.hpp"

namespace beckon::native {

/// Whether lists of the type are packed and aligned.
[[nodiscard]] constexpr bool is_number(schema::kind kind) noexcept {
    return (kind >= schema::kind::int8 && kind <= schema::kind::float64);
}

/// Thread-safety: none; belongs to one message.
/// Lifetime: borrows the document and every type that it was asked about.
class type_facts {
public:
    explicit type_facts(const schema::document& document) : document_(document) {}

    /// The declaration that the type names: a record or exception, or null.
    [[nodiscard]] const schema::record* record(const schema::type& type);
    /// The enumeration that the type names, or null.
    [[nodiscard]] const schema::enumeration* enumeration(const schema::type& type);
    /// The least bytes that a value of the type takes on the wire.
    [[nodiscard]] std::size_t min_size(const schema::type& type);
    /// What the field's default value is. REQUIRES: it has one. The value stays where it is.
    [[nodiscard]] const result<value>& default_of(const schema::field& field);
    /// A string value of a declared name; long ones share their memory.
    [[nodiscard]] value name(const std::string& declared);

private:
    struct facts {
        const schema::record* record = nullptr;
        const schema::enumeration* enumeration = nullptr;
        std::optional<std::size_t> min_size;
    };
    facts& find(const schema::type& type);

    const schema::document& document_;
    std::unordered_map<const schema::type*, facts> types_;
    std::unordered_map<const schema::field*, result<value>> defaults_;
    std::unordered_map<const std::string*, value> names_;
};

/// The place in a value that is being read or written, in words.
class path_text {
public:
    void field(const std::string& name) { text_ += concat('.', name); }
    void item(std::size_t index) { text_ += concat('[', index, ']'); }
    /// A map's entry, named by its key where that is short.
    void entry(const value& key);
    /// The path alone, as far as it goes.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    /// "field at.x of Item", "item [3].at.x of list<Item>", "Item".
    [[nodiscard]] std::string of(const schema::type& root) const;

private:
    std::string text_;
};

} // namespace beckon::native
