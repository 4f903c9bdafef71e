// From C++ declarations to the schema that the IDL would give for them.
//
//   bool, int8_t..uint64_t, float, double      bool, int8..uint64, float32, float64
//   std::string, std::string_view              string
//   bytes, byte_view                           bytes
//   date, time_of_day, datetime, duration      date, time, datetime, duration
//   sys_days, sys_time<D>, chrono durations    date, datetime, duration
//   std::optional<T>                           optional<T>
//   vector, deque, list, set, array, span      list<T>
//   map, unordered_map                         map<K, V>
//   std::tuple, std::pair                      tuple<...>
//   std::variant, registered variants          variant<name: T, ...>
//   value                                      any
//   registered types, ref<I>, stream<T>        by name, stream<T>
//
// Further types specialise `describer`. Types of one name are one type: two different C++ types of the same
// name in one document are a bug that ends in BECKON_ASSERT, as is whatever schema::check() refuses.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "beckon/schema/schema.hpp"
#include "beckon/value/convert.hpp"
#include "beckon/value/reflect.hpp"

namespace beckon {

class description;

namespace detail {

// What templates know of C++ types, as constant tables: describing itself is no template, so that a type costs a
// program's compilation no more than its table.

/// How a type is used.
struct type_plan {
    schema::kind kind = schema::kind::void_;
    std::string_view name{};                 ///< Of a declared type.
    void (*declare)(description&) = nullptr; ///< Adds what the name stands for.
    const type_plan* const* arguments = nullptr;
    std::size_t argument_count = 0;
    std::span<const std::string_view> (*case_names)() = nullptr;
    schema::type (*describe)(description&) = nullptr; ///< Instead of all the others.
};

/// A record or an exception.
struct record_plan {
    std::string_view name;
    const void* identity; ///< Tells C++ types of one name apart.
    std::span<const std::string_view> field_names;
    const type_plan* const* field_types;
    /// Fills in the defaults of the fields that have one. Null where no field has.
    void (*defaults)(std::span<std::optional<value>> into) = nullptr;
};

struct method_plan {
    std::string_view name;
    std::span<const std::string_view> parameter_names;
    const type_plan* const* parameter_types;
    const type_plan* result;
    bool oneway;
    bool idempotent;
    std::int32_t command; ///< -1: none was given.
};

struct interface_plan {
    std::string_view name;
    const void* identity;
    std::span<const method_plan> methods;
    const record_plan* const* raises;
    std::size_t raise_count;
};

} // namespace detail

/// Collects the declarations that C++ types need.
///
/// Thread-safety: none.
class description {
public:
    /// The type as the schema has it; adds what it names.
    template <typename T>
    schema::type type();
    /// Adds an interface and all that its methods name, the exceptions of BECKON_RAISES included.
    template <typename Interface>
    void add_interface();
    template <typename Exception>
    void add_exception();
    /// The declarations, each after those that it needs as far as they do not need each other.
    [[nodiscard]] schema::document finish() &&;

    // The same by tables.
    schema::type type(const detail::type_plan& plan);
    void add_interface(const detail::interface_plan& plan);
    void add_record(const detail::record_plan& plan);
    void add_exception(const detail::record_plan& plan);
    void add_enumeration(std::string_view name, const void* identity,
                         std::span<const std::string_view> names,
                         std::span<const std::int64_t> numbers);

private:
    // False where the type is there already, or being added.
    bool begin(std::string_view name, const void* identity);
    schema::record make_record(const detail::record_plan& plan);
    schema::method make_method(const detail::method_plan& plan,
                               const std::vector<std::string>& raises);

    schema::document document_;
    std::vector<std::pair<std::string, const void*>> known_;
};

/// How a type that the table above lacks is described: `static schema::type describe(description& into)`.
template <typename T>
struct describer {
    static_assert(reflection::registered<T>,
                  "beckon: this type has no counterpart in the schema; register it with "
                  "BECKON_RECORD, or specialise beckon::describer");
};

/// A type and the declarations that it needs.
struct described_type {
    schema::type type;
    schema::document document;
};

/// The closure of an interface: it and everything that can be reached from it. Made once.
/// Thread-safety: safe at any time.
template <typename Interface>
[[nodiscard]] const schema::document& describe_interface();

/// A type with the declarations that it needs. Made once.
/// Thread-safety: safe at any time.
template <typename T>
[[nodiscard]] const described_type& describe_type();

} // namespace beckon

#include "beckon/value/describe_impl.hpp"
