// Which attribute a peer reaches by a name (docs/wire/rpyc.md, section 11.2).
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "beckon/base/result.hpp"
#include "beckon/protocol/rpyc/options.hpp"

namespace beckon::rpyc {

/// What is done to an attribute.
enum class attribute_access : std::uint8_t { read, write, erase };

/// The options of access, checked and made ready.
///
/// Thread-safety: shared objects safe for reading.
class access_policy {
public:
    /// RPyC's defaults.
    access_policy() = default;
    /// Errors: invalid_argument, for an empty prefix.
    [[nodiscard]] static result<access_policy> make(access_options options);

    /// The name of the attribute that a peer means by `name`; it need not exist. `has_attribute` says what the object
    /// has. Objects with rules of their own are asked first, by the caller: the hooks of RPyC's step 1.
    ///
    /// Errors: access_denied with the type name of Python's AttributeError, which its hasattr() and getattr() rely on.
    template <std::predicate<std::string_view> HasAttribute>
    [[nodiscard]] result<std::string> resolve(std::string_view name, attribute_access access,
                                              const HasAttribute& has_attribute) const {
        if (!is_allowed(access)) return refusal(name);
        const bool permitted = is_permitted(name);
        if (options_.allow_exposed_attrs) {
            std::string twin = options_.exposed_prefix;
            twin += name;
            const bool plain = permitted && has_attribute(name);
            if (!plain && has_attribute(std::string_view(twin))) return twin;
        }
        if (permitted) return std::string(name);
        return refusal(name);
    }

    /// Whether a member of one of our objects, whatever it is, can be reached by this name with the prefix. Methods of
    /// Python's operators can where operators can at all: an object has no more of them than it was given.
    [[nodiscard]] bool exposes_member(std::string_view prefixed) const noexcept;
    /// The name without the prefix, where it has it: an object's members are registered without.
    [[nodiscard]] std::string_view without_prefix(std::string_view name) const noexcept;

private:
    [[nodiscard]] bool is_allowed(attribute_access access) const noexcept;
    [[nodiscard]] bool is_permitted(std::string_view name) const noexcept;
    [[nodiscard]] static error refusal(std::string_view name);

    access_options options_; // `safe_attrs` sorted
};

} // namespace beckon::rpyc
