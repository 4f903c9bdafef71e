// Objects that answer operations by a table of methods, without a schema.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "beckon/object/named_error.hpp"
#include "object/nested_servant.hpp"

namespace beckon::detail {

inline constexpr std::size_t max_batch = std::size_t{1}
                                         << 24; ///< Items in one answer to next_items.

class text_writer;

/// Base of containers, iterators and functions. A derived class gives its table and what differs from any object.
///
/// Thread-safety: operations run without a session's lock, on several threads at once; derived classes lock.
class answering_servant : public nested_servant {
public:
    using answer = result<value>;

    void dispatch(incoming_call& call) noexcept final;
    void perform(incoming_call& call) noexcept override;

    /// As Python's repr. Takes no lock of another object while it holds its own.
    virtual void write_repr(text_writer& out) const;

protected:
    struct member {
        std::string_view name;
        answer (*run)(answering_servant& self, dynamic_request& request);
        std::string_view doc = {};
        /// Its arguments are iterated: what a peer lent for that is fetched before.
        bool iterates = false;
    };

    [[nodiscard]] virtual std::span<const member> members() const noexcept = 0;
    [[nodiscard]] const member* find_member(std::string_view name) const noexcept;

    /// Any operation, with its arguments here.
    [[nodiscard]] virtual answer operate(dynamic_request& request);
    [[nodiscard]] virtual answer get_attribute(std::string_view name);
    [[nodiscard]] virtual answer set_attribute(std::string_view name, value content);
    [[nodiscard]] virtual answer hash() const;
    /// Null where the two cannot be compared so.
    [[nodiscard]] virtual answer compare(std::string_view how, const value& other) const;
    [[nodiscard]] virtual answer next_items(std::size_t most);
    /// Attributes besides the methods.
    virtual void add_names(value& into) const;

    [[nodiscard]] error lacks(std::string_view name) const;

    /// For the tables: a member function that takes the request.
    template <auto Function>
    static answer run(answering_servant& self, dynamic_request& request) {
        return call(Function, self, request);
    }

private:
    template <typename T>
    static answer call(answer (T::*function)(dynamic_request&), answering_servant& self,
                       dynamic_request& request) {
        return (static_cast<T&>(self).*function)(request);
    }
    [[nodiscard]] answer operate_safely(dynamic_request& request) noexcept;
};

/// Checks how many arguments a method was given, all by position.
///
/// Errors: "builtins.TypeError".
[[nodiscard]] result<void> expect_arguments(const dynamic_request& request, std::size_t least,
                                            std::size_t most);
/// An integer that can be a position: booleans and integers that fit. Others are out of range of everything, or
/// "builtins.TypeError".
[[nodiscard]] result<std::int64_t> to_index(const value& given);

[[nodiscard]] error type_error(std::string message);

} // namespace beckon::detail
