// Objects and values as a dynamic language has them.
#pragma once

#include <concepts>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "beckon/object/dynamic_iteration.hpp"
#include "beckon/object/dynamic_operations.hpp"
#include "beckon/object/python_errors.hpp"

namespace beckon {

class dynamic_place;
class async_dynamic;

/// A slice, for use as a key: `d[slice(1, 5)]`; null leaves an end open: `d[slice(nullptr, nullptr, -1)]`.
[[nodiscard]] inline value slice(value start, value stop, value step = {}) {
    return value::slice(std::move(start), std::move(stop), std::move(step));
}

namespace detail {

/// What only those can do that wait.
template <typename Self>
class waiting_operations : public dynamic_operations<Self> {
public:
    /// The attribute, to be read, called or assigned to; see dynamic_place.
    [[nodiscard]] dynamic_place attr(std::string_view name) const;
    /// The item, likewise.
    [[nodiscard]] dynamic_place operator[](const value& key) const;

    // Range-for: `for (const dynamic& item : d)`.
    [[nodiscard]] dynamic_iterator begin() const { return iterate({}).begin(); }
    [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }
    [[nodiscard]] dynamic_range iterate(const batch_options& batches) const {
        return {self().content(), self().shared_options(), batches};
    }

    /// null, or Python's None.
    [[nodiscard]] bool is_null() const { return self().content().is_null(); }
    /// Whether there is an object behind it; otherwise it is a plain value.
    [[nodiscard]] bool is_object() const { return self().content().is(value_kind::reference); }
    [[nodiscard]] value_kind kind() const { return self().content().kind(); }
    /// What it is, in the words of whoever has it: "builtins.list", "Calculator"; of a plain value, its kind: "int64".
    /// Nobody is asked.
    [[nodiscard]] std::string type_name() const { return type_name_of(self().content()); }

    /// Not to be had: whether Python takes an object for true is a question to the object. Ask `truth()`, or `is_null()`.
    explicit operator bool() const = delete;

    template <typename R>
    [[nodiscard]] R finish(plan what) const {
        result<value> outcome = carry_out(std::move(what), self().shared_options().get());
        if (!outcome) throw_error(std::move(outcome).error());
        result<R> converted = outcome_as<R>(std::move(outcome).value());
        if (!converted) throw_error(std::move(converted).error());
        if constexpr (!std::is_void_v<R>) return std::move(converted).value();
    }

private:
    [[nodiscard]] const Self& self() const noexcept { return static_cast<const Self&>(*this); }
};

} // namespace detail

/// A value, or a reference to an object here or elsewhere, used like a variable of a dynamic language.
///
///   dynamic path = sys.attr("path");
///   path.call("append", "lucy");
///   for (const dynamic& each : path) std::cout << each.as<std::string>() << '\n';
///   auto all = path.as<std::vector<std::string>>();
///   path[0] = "first";
///   dynamic sum = numbers[3] + 2 * numbers[4];
///   future<dynamic> later = sys.async().call("getsizeof", path);
///   sys.timeout(50ms).call("exc_info");
///
/// With an object every operation is a request to it; where the object lives makes no difference. Copies refer to the same
/// object. With a plain value (a number, text, a container that was made here or came by value) it is done right here, as
/// Python would do it, but for these: integers end at 64 bits, text orders by its bytes, and containers are equal only where
/// the kinds of their items are. A plain container is changed only through the variable that holds it, and its copies
/// keep what they had.
///
/// Errors: thrown as synchronous calls throw them, exception.hpp; what Python raised as the types of python_errors.hpp, with
/// failures of plain values among them. An attribute that an object of this toolkit lacks is unknown_method.
/// Thread-safety: distinct objects safe; requests from any thread.
class dynamic : public detail::waiting_operations<dynamic> {
public:
    using beckon_converted = void; ///< Becomes a value without being asked.

    dynamic() noexcept = default;
    // NOLINTBEGIN(google-explicit-constructor): a variable is what it is given.
    /// From all that becomes a value: numbers, text, containers, records, `object`, `ref<I>`.
    template <typename T>
    requires(!std::derived_from<std::remove_cvref_t<T>, dynamic> &&
             !std::same_as<std::remove_cvref_t<T>, dynamic_place> &&
             std::is_convertible_v<T&&, value>) dynamic(T&& from)
        : content_(std::forward<T>(from)) {}
    /// Reads the attribute or item.
    dynamic(const dynamic_place& place);
    // NOLINTEND(google-explicit-constructor)
    dynamic(value content, std::shared_ptr<const call_options> options) noexcept
        : content_(std::move(content)), options_(std::move(options)) {}

    /// The value; of an object, the reference to it.
    [[nodiscard]] const value& content() const noexcept { return content_; }

    /// The same object with options for its operations. What they give has none.
    [[nodiscard]] dynamic with(call_options options) const {
        dynamic optioned(*this);
        optioned.options_ = std::make_shared<const call_options>(std::move(options));
        return optioned;
    }
    [[nodiscard]] dynamic timeout(nanoseconds length) const { return with({length, false, {}}); }
    /// The same operations, each giving a future at once.
    [[nodiscard]] async_dynamic async() const;

    // Of a plain value these change the variable; the forms for const refuse that.
    using waiting_operations::attr;
    using waiting_operations::operator[];
    using waiting_operations::erase;
    using waiting_operations::erase_item;
    using waiting_operations::set;
    using waiting_operations::set_item;
    [[nodiscard]] dynamic_place attr(std::string_view name);
    [[nodiscard]] dynamic_place operator[](const value& key);
    void set(std::string_view name, const value& attribute);
    void erase(std::string_view name);
    void set_item(const value& key, const value& item);
    void erase_item(const value& key);

    // For the operations.
    [[nodiscard]] const std::shared_ptr<const call_options>& shared_options() const noexcept {
        return options_;
    }

private:
    friend class dynamic_place;
    void change(dynamic_request request);

    value content_;
    std::shared_ptr<const call_options> options_; ///< Null: the defaults.
};

/// An attribute or item as it stands in an expression: read where it is used, written where it is assigned to.
///
///   sys.attr("path").call("append", "lucy");   // reads "path", then calls
///   sys.attr("getsizeof")(text);               // calls at once: one request
///   config["debug"] = true;                    // writes
///   counter.attr("count") += 1;                // reads, adds, writes
///   dynamic path = sys.attr("path");           // reads, now
///
/// Options of the object hold for all that is done through it. It is read once at most. Kept in an `auto` variable it is therefore read when it is first used, not before; a `dynamic`
/// variable has it at once.
///
/// Lifetime: where the object is a plain value, not beyond the variable that holds it.
class dynamic_place : public detail::waiting_operations<dynamic_place> {
public:
    using beckon_converted = void; ///< Becomes a value without being asked: it is read.
    enum class kind_of_place : std::uint8_t { attribute, item };

    dynamic_place(dynamic of, kind_of_place which, value key, dynamic* variable)
        : of_(std::move(of)), key_(std::move(key)), variable_(variable), which_(which) {}
    dynamic_place(const dynamic_place&) = default;
    ~dynamic_place() = default;

    /// Writes.
    template <typename T>
    requires std::is_constructible_v<dynamic, const T&>
    const dynamic_place& operator=(const T& content) const {
        assign(dynamic(content));
        return *this;
    }
    const dynamic_place& operator=(const dynamic_place& other) const { // NOLINT: it writes, too
        assign(other.read());
        return *this;
    }

    /// Calls it; an attribute in one request, as a method of the object.
    template <typename... Arguments>
    dynamic operator()(Arguments&&... arguments) const {
        return finish<dynamic>(ask_call(
            detail::make_request(operation::call, {}, std::forward<Arguments>(arguments)...)));
    }

    /// Reads.
    [[nodiscard]] const dynamic& read() const;
    [[nodiscard]] async_dynamic async() const;

    // For the operations.
    [[nodiscard]] const value& content() const { return read().content(); }
    [[nodiscard]] const std::shared_ptr<const call_options>& shared_options() const noexcept {
        return of_.shared_options();
    }

private:
    void assign(const dynamic& content) const;
    [[nodiscard]] detail::plan ask_call(dynamic_request request) const;

    dynamic of_;
    value key_;
    dynamic* variable_; ///< That holds `of_`, where that is a plain value to be changed.
    kind_of_place which_;
    mutable std::optional<dynamic> read_;
};

/// The operations of an object, each giving a future at once: `future<dynamic> r = d.async().call("add", 2, 3);`.
///
/// A plain value's are ready. Operations of several requests make the later ones on the threads that bring the results.
///
/// Cancellation: dropping the future gives the operation up.
class async_dynamic : public detail::dynamic_operations<async_dynamic> {
public:
    explicit async_dynamic(dynamic of) noexcept : of_(std::move(of)) {}

    [[nodiscard]] future<dynamic> attr(std::string_view name) const { return get(name); }
    [[nodiscard]] future<dynamic> operator[](const value& key) const { return get_item(key); }

    // For the operations.
    [[nodiscard]] const value& content() const noexcept { return of_.content(); }
    template <typename R>
    [[nodiscard]] future<R> finish(detail::plan what) const;

private:
    dynamic of_;
};

} // namespace beckon

#include "beckon/object/dynamic_impl.hpp"
#include "beckon/object/dynamic_operators.hpp"
