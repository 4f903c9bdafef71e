// What bytes the types of a schema have in remcall's messages (docs/wire/remcall.md, sections 6 and 15.2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "beckon/schema/schema.hpp"

namespace beckon::remcall {

/// A reference to an object, which may be null.
[[nodiscard]] inline bool is_reference(const schema::type& type) noexcept {
    return type.kind == schema::kind::interface ||
           (type.kind == schema::kind::optional &&
            type.arguments[0].kind == schema::kind::interface);
}
/// The interface of such a type.
[[nodiscard]] inline const std::string& interface_of(const schema::type& type) noexcept {
    return type.kind == schema::kind::interface ? type.name : type.arguments[0].name;
}

/// The types of one schema.
///
/// Lifetime: borrows the document.
/// Thread-safety: all functions, from any thread.
class forms {
public:
    forms(const schema::document& of, std::size_t object_bytes);

    [[nodiscard]] const schema::document& document() const noexcept { return *document_; }
    [[nodiscard]] std::size_t object_bytes() const noexcept { return object_bytes_; }

    /// The fewest bytes that a value of the type has.
    [[nodiscard]] std::size_t least_bytes(const schema::type& type) const noexcept;
    /// How many bytes each value of the type has; nothing where they differ.
    [[nodiscard]] std::optional<std::size_t> fixed_bytes(const schema::type& type) const noexcept;
    /// Whether remcall itself can neither send nor receive it: boolean, array, record, date, time, datetime.
    [[nodiscard]] static bool is_extension(const schema::type& type) noexcept;
    /// The same of any of a method's arguments; of its result.
    [[nodiscard]] static bool takes_extension(const schema::method& method) noexcept;

    /// Null where there is none of that name.
    [[nodiscard]] const schema::record* record(std::string_view name) const noexcept;
    [[nodiscard]] const schema::enumeration* enumeration(std::string_view name) const noexcept {
        return document_->find_enumeration(name);
    }

private:
    struct record_form {
        const schema::record* declared = nullptr;
        std::size_t least = 0;
        std::optional<std::size_t> fixed;
        bool is_known = false;
    };
    void look_into(record_form& form, std::size_t depth);

    const schema::document* document_;
    std::size_t object_bytes_;
    std::unordered_map<std::string_view, record_form> records_;
};

} // namespace beckon::remcall
