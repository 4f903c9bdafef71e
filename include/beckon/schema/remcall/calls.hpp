// Which number a call writes for a method. These are not the numbers of the binary schema.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "beckon/schema/remcall/document.hpp"

namespace beckon::schema::remcall {

/// A method's place in a document.
struct method_place {
    std::uint32_t interface = 0; ///< In document::interfaces.
    std::uint32_t method = 0;    ///< In interface::methods, as declared.

    bool operator==(const method_place&) const = default;
};

/// The numbers of methods in calls: interfaces in canonical order, in each the methods sorted by name (bytewise; equal
/// names as declared), counted from 0 through all of them. Binary schemas count in the order of declaration, and nobody
/// reads what they wrote.
///
/// A protocol gets for a method that it is to call its number by number_of(), and for a number that it reads the
/// method by find(); arguments and result then stand in
/// `document.interfaces[place.interface].methods[place.method]`: `arguments[i].type` and `result`, each a
/// remcall::type whose `index` leads to the declaration of an enum, record or interface.
///
/// Thread-safety: any number of threads may read.
/// Lifetime: nothing of the document is kept.
///
/// Example:
/// ```
/// const remcall::call_numbers numbers(document);
/// if (const remcall::method_place* place = numbers.find(number)) {
///     const remcall::method& method = numbers.method(document, *place);
///     for (const remcall::member& argument : method.arguments) read(argument.type);
/// }
/// ```
class call_numbers {
public:
    /// The document must be in canonical order.
    explicit call_numbers(const document& document);

    /// How many methods there are: valid numbers are those below.
    [[nodiscard]] std::size_t size() const noexcept { return places_.size(); }

    /// The method of a number that a call has; nullptr where there is none.
    [[nodiscard]] const method_place* find(std::uint64_t number) const noexcept;

    /// The number to write in a call; the place must be one of the document's.
    [[nodiscard]] std::uint64_t number_of(const method_place& place) const noexcept;

    [[nodiscard]] static const remcall::method& method(const document& document,
                                                       const method_place& place) noexcept {
        return document.interfaces[place.interface].methods[place.method];
    }

private:
    std::vector<method_place> places_;                // by number
    std::vector<std::vector<std::uint64_t>> numbers_; // by interface, by method as declared
};

/// The place of a method by name; the first of those that have it.
[[nodiscard]] std::optional<method_place>
find_method(const document& document, std::string_view interface, std::string_view method) noexcept;

/// The position of the interface `Main` in a document; nullopt where there is none.
[[nodiscard]] std::optional<std::uint32_t> main_interface(const document& document) noexcept;

} // namespace beckon::schema::remcall
