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

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "beckon/schema/schema.hpp"
#include "beckon/value/convert.hpp"
#include "beckon/value/reflect.hpp"

namespace beckon {

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

private:
    template <typename T>
    schema::record make_record();
    template <typename T, std::size_t I>
    schema::field make_field(const T& defaults);
    template <typename Interface, std::size_t I>
    schema::method make_method(const std::vector<std::string>& raises);

    // False where the type is there already, or being added. `identity` tells C++ types apart.
    bool begin(std::string_view name, const void* identity);
    void add_enumeration(std::string_view name, std::span<const std::string_view> names,
                         std::span<const std::int64_t> numbers);
    // The literal is made last, when all enumerations are there.
    static std::string literal_of(const schema::type& type, const value& from,
                                  std::string_view record, std::string_view field);

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
