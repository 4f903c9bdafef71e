// Iterators as objects: over containers, over values, over streams.
#pragma once

#include "object/container.hpp"

namespace beckon::detail {

/// The exception that is thrown into an iterator: Python's arguments of `generator.throw`. Of an exception of the peer's it
/// tells the type; what it says only the peer knows.
///
/// Errors: "builtins.TypeError".
[[nodiscard]] result<exception_parts> thrown_into(const dynamic_request& request);

/// What has a next item. One `next` at a time. To a Python peer it is a generator that makes nothing of what is sent to it
/// and catches nothing.
class iterator_base : public answering_servant {
public:
    [[nodiscard]] nature what() const noexcept override { return nature::iterator; }
    [[nodiscard]] std::string_view interface_name() const noexcept override { return "iterator"; }
    /// False at the end, and from then on.
    [[nodiscard]] virtual result<bool> next(value& item) = 0;
    /// How many are left, as far as that is known.
    [[nodiscard]] virtual std::size_t left() const = 0;
    /// Lets go of the items: there is no next one any more.
    virtual void end() = 0;

protected:
    [[nodiscard]] std::span<const member> members() const noexcept override;
    [[nodiscard]] answer next_items(std::size_t most) override;

private:
    [[nodiscard]] answer itself(dynamic_request& request);
    [[nodiscard]] answer next_item(dynamic_request& request);
    [[nodiscard]] answer length_hint(dynamic_request& request);
    [[nodiscard]] answer close(dynamic_request& request);
    [[nodiscard]] answer send(dynamic_request& request);
    [[nodiscard]] answer throw_into(dynamic_request& request);
};

} // namespace beckon::detail
