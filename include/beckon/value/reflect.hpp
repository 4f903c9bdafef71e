// Registration of the program's own types: one line a record, enumeration, exception or interface, written in
// the namespace of the type, after it.
//
//   enum class Mood : std::int32_t { calm, busy, broken };
//   BECKON_ENUM(Mood, calm, busy, broken)
//
//   struct Point { double x = 0; double y = 0; };
//   BECKON_RECORD(Point, x, y)
//
//   struct number_or_text : std::variant<std::int64_t, std::string> { using variant::variant; };
//   BECKON_VARIANT(number_or_text, number, text)    // only where the cases' own names matter
//
//   struct OutOfStock { std::string name; std::int64_t wanted = 0; };      // thrown by value
//   BECKON_EXCEPTION(OutOfStock, name, wanted)
//
//   struct Calculator { double add(double a, double b); };                 // declarations are enough
//   BECKON_INTERFACE(Calculator, (add, a, b))
//   BECKON_RAISES(Calculator, OutOfStock)           // optional: what its methods throw as themselves
//   BECKON_ONEWAY(Calculator, notify)               // optional: methods without any reply
//   BECKON_IDEMPOTENT(Calculator, add)              // optional: methods that may be repeated
//   BECKON_COMMANDS(Calculator, (add, 7))           // optional: numbers, where a protocol has numbers for methods
//
// A field or method whose name in the interface is no C++ name is written as a pair, C++ name first:
// `BECKON_RECORD(Shape, (class_, "class"))` and `BECKON_INTERFACE(Shape, ((delete_, "delete"), id))`.
// At most 64 names a macro.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "beckon/value/detail/preprocessor.hpp"

namespace beckon {

/// Names a type without having a value of it.
template <typename T>
struct type_tag {
    using type = T;
};

namespace reflection {

/// What a registration macro said about T.
template <typename T>
using of = decltype(beckon_reflect(type_tag<T>{}));

template <typename T>
concept registered = requires {
    typename of<T>::registered_type;
};

enum class category { record, exception, enumeration, interface, variant };

template <typename T>
concept record_type = registered<T> && of<T>::category == category::record;
template <typename T>
concept exception_type = registered<T> && of<T>::category == category::exception;
template <typename T>
concept enum_type = registered<T> && of<T>::category == category::enumeration;
template <typename T>
concept variant_type = registered<T> && of<T>::category == category::variant;
template <typename T>
concept interface_type = registered<T> && of<T>::category == category::interface;

/// R(Args...) of a pointer to member function.
template <typename Pointer>
struct signature;
template <typename R, typename C, typename... Args>
struct signature<R (C::*)(Args...)> {
    using type = R(Args...);
    using result = R;
    using arguments = std::tuple<Args...>;
    static constexpr std::size_t arity = sizeof...(Args);
};
template <typename R, typename C, typename... Args>
struct signature<R (C::*)(Args...) const> : signature<R (C::*)(Args...)> {};
template <typename R, typename C, typename... Args>
struct signature<R (C::*)(Args...) noexcept> : signature<R (C::*)(Args...)> {};
template <typename R, typename C, typename... Args>
struct signature<R (C::*)(Args...) const noexcept> : signature<R (C::*)(Args...)> {};

template <typename... Methods>
struct method_list {
    static constexpr std::size_t size = sizeof...(Methods);
};

/// The I-th type of a list.
template <std::size_t I, typename List>
struct element;
template <std::size_t I, typename First, typename... Rest>
struct element<I, method_list<First, Rest...>> : element<I - 1, method_list<Rest...>> {};
template <typename First, typename... Rest>
struct element<0, method_list<First, Rest...>> {
    using type = First;
};

/// The I-th method of an interface.
template <typename Interface, std::size_t I>
using method = typename element<I, typename of<Interface>::methods>::type;

template <typename Interface>
inline constexpr std::size_t method_count = of<Interface>::methods::size;

template <typename... Exceptions>
struct exception_list {};

namespace detail {
// Found when no macro said otherwise.
exception_list<> beckon_raises(...);
struct no_names {
    static constexpr std::array<std::string_view, 0> names{};
    static constexpr std::int32_t number(std::size_t) { return -1; }
};
no_names beckon_oneway(...);
no_names beckon_idempotent(...);
no_names beckon_defaults(...);
no_names beckon_commands(...);

template <typename I>
using raises = decltype(beckon_raises(type_tag<I>{}));
template <typename I>
using oneway = decltype(beckon_oneway(type_tag<I>{}));
template <typename I>
using idempotent = decltype(beckon_idempotent(type_tag<I>{}));
template <typename T>
using defaults = decltype(beckon_defaults(type_tag<T>{}));
template <typename I>
using commands = decltype(beckon_commands(type_tag<I>{}));

template <typename Names>
constexpr bool contains(const Names& names, std::string_view name) {
    for (const std::string_view each : names) {
        if (each == name) return true;
    }
    return false;
}
} // namespace detail

/// The exceptions that an interface's methods throw as themselves: an exception_list.
template <typename Interface>
using raises = detail::raises<Interface>;

template <typename Interface, std::size_t I>
inline constexpr bool is_oneway = detail::contains(detail::oneway<Interface>::names,
                                                   method<Interface, I>::cpp_name);
template <typename Interface, std::size_t I>
inline constexpr bool is_idempotent = detail::contains(detail::idempotent<Interface>::names,
                                                       method<Interface, I>::cpp_name);
/// The number that BECKON_COMMANDS gave the method; -1: none.
template <typename Interface, std::size_t I>
inline constexpr std::int32_t command = [] {
    using given = detail::commands<Interface>;
    for (std::size_t i = 0; i < given::names.size(); ++i) {
        if (given::names[i] == method<Interface, I>::cpp_name) return given::number(i);
    }
    return std::int32_t{-1};
}();
/// Whether BECKON_DEFAULTS named the field: its default is what `T{}` holds.
template <typename T>
constexpr bool has_default(std::string_view cpp_field_name) {
    return detail::contains(detail::defaults<T>::names, cpp_field_name);
}

} // namespace reflection
} // namespace beckon

// What the macros define, for a type T (R = reflection::of<T>):
//   records, exceptions  R::name, R::field_names, R::cpp_field_names,
//                        R::apply(object, f) calls f(object.field1, object.field2, ...)
//   enumerations         R::name, R::names, R::values
//   variants             R::case_names, R::variant (the std::variant that T derives from)
//   interfaces           R::name, R::methods = method_list<M...>; each M has name, parameter_names,
//                        `using pointer`, call(target, args...), and stub<I, Base, Signature>

#define BECKON_RECORD(Type, ...)                                                                   \
    BECKON_FIELDS_(Type, ::beckon::reflection::category::record, __VA_ARGS__)
#define BECKON_EXCEPTION(Type, ...)                                                                \
    BECKON_FIELDS_(Type, ::beckon::reflection::category::exception, __VA_ARGS__)

#define BECKON_FIELDS_(Type, Category, ...)                                                        \
    struct beckon_fields_of_##Type {                                                               \
        using registered_type = Type;                                                              \
        static constexpr auto category = Category;                                                 \
        static constexpr ::std::string_view name = #Type;                                          \
        static constexpr ::std::size_t size = BECKON_PP_COUNT(__VA_ARGS__);                        \
        static constexpr ::std::array<::std::string_view, size> field_names{                       \
            {BECKON_PP_LIST(BECKON_PP_WIRE_NAME, __VA_ARGS__)}};                                   \
        static constexpr ::std::array<::std::string_view, size> cpp_field_names{                   \
            {BECKON_PP_LIST(BECKON_PP_CPP_TEXT, __VA_ARGS__)}};                                    \
        template <typename Self, typename F>                                                       \
        static constexpr decltype(auto) apply([[maybe_unused]] Self& self, F&& f) {                \
            return ::std::forward<F>(f)(BECKON_PP_LIST(BECKON_PP_MEMBER_OF_SELF, __VA_ARGS__));    \
        }                                                                                          \
    };                                                                                             \
    [[maybe_unused]] beckon_fields_of_##Type beckon_reflect(::beckon::type_tag<Type>);

#define BECKON_ENUM(Type, ...)                                                                     \
    struct beckon_enumerators_of_##Type {                                                          \
        using registered_type = Type;                                                              \
        static constexpr auto category = ::beckon::reflection::category::enumeration;              \
        static constexpr ::std::string_view name = #Type;                                          \
        static constexpr ::std::size_t size = BECKON_PP_COUNT(__VA_ARGS__);                        \
        static constexpr ::std::array<::std::string_view, size> names{                             \
            {BECKON_PP_LIST(BECKON_PP_WIRE_NAME, __VA_ARGS__)}};                                   \
        static constexpr ::std::array<Type, size> values{                                          \
            {BECKON_PP_LIST_WITH(BECKON_PP_ENUMERATOR, Type, __VA_ARGS__)}};                       \
    };                                                                                             \
    [[maybe_unused]] beckon_enumerators_of_##Type beckon_reflect(::beckon::type_tag<Type>);

#define BECKON_VARIANT(Type, ...)                                                                  \
    struct beckon_cases_of_##Type {                                                                \
        using registered_type = Type;                                                              \
        using variant = Type::variant;                                                             \
        static constexpr auto category = ::beckon::reflection::category::variant;                  \
        static constexpr ::std::string_view name = #Type;                                          \
        static constexpr ::std::size_t size = BECKON_PP_COUNT(__VA_ARGS__);                        \
        static_assert(size == ::std::variant_size_v<variant>,                                      \
                      "BECKON_VARIANT: name every case of the variant, in order");                 \
        static constexpr ::std::array<::std::string_view, size> case_names{                        \
            {BECKON_PP_LIST(BECKON_PP_WIRE_NAME, __VA_ARGS__)}};                                   \
    };                                                                                             \
    [[maybe_unused]] beckon_cases_of_##Type beckon_reflect(::beckon::type_tag<Type>);

#define BECKON_DEFAULTS(Type, ...)                                                                 \
    BECKON_NAMES_(Type, beckon_defaults, BECKON_PP_COUNT(__VA_ARGS__), __VA_ARGS__)
#define BECKON_ONEWAY(Type, ...)                                                                   \
    BECKON_NAMES_(Type, beckon_oneway, BECKON_PP_COUNT(__VA_ARGS__), __VA_ARGS__)
#define BECKON_IDEMPOTENT(Type, ...)                                                               \
    BECKON_NAMES_(Type, beckon_idempotent, BECKON_PP_COUNT(__VA_ARGS__), __VA_ARGS__)
#define BECKON_COMMANDS(Type, ...)                                                                 \
    struct beckon_commands_of_##Type {                                                             \
        static constexpr ::std::array<::std::string_view, BECKON_PP_COUNT(__VA_ARGS__)> names{     \
            {BECKON_PP_LIST(BECKON_COMMAND_NAME_, __VA_ARGS__)}};                                  \
        static constexpr ::std::int32_t number(::std::size_t i) {                                  \
            constexpr ::std::uint16_t numbers[]{                                                   \
                BECKON_PP_LIST(BECKON_COMMAND_NUMBER_, __VA_ARGS__)};                              \
            return numbers[i];                                                                     \
        }                                                                                          \
    };                                                                                             \
    [[maybe_unused]] beckon_commands_of_##Type beckon_commands(::beckon::type_tag<Type>);
#define BECKON_COMMAND_NAME_(pair) BECKON_PP_STRING(BECKON_PP_PAIR_FIRST pair)
#define BECKON_COMMAND_NUMBER_(pair) BECKON_PP_PAIR_SECOND pair

#define BECKON_NAMES_(Type, Function, Count, ...)                                                  \
    struct Function##_of_##Type {                                                                  \
        static constexpr ::std::array<::std::string_view, Count> names{                            \
            {BECKON_PP_LIST(BECKON_PP_CPP_TEXT, __VA_ARGS__)}};                                    \
    };                                                                                             \
    [[maybe_unused]] Function##_of_##Type Function(::beckon::type_tag<Type>);

#define BECKON_RAISES(Type, ...)                                                                   \
    [[maybe_unused]] ::beckon::reflection::exception_list<__VA_ARGS__> beckon_raises(              \
        ::beckon::type_tag<Type>);

#define BECKON_INTERFACE(Type, ...)                                                                \
    struct beckon_methods_of_##Type {                                                              \
        using registered_type = Type;                                                              \
        static constexpr auto category = ::beckon::reflection::category::interface;                \
        static constexpr ::std::string_view name = #Type;                                          \
        BECKON_PP_EACH(BECKON_METHOD_, __VA_ARGS__)                                                \
        using methods =                                                                            \
            ::beckon::reflection::method_list<BECKON_PP_LIST(BECKON_METHOD_TYPE_, __VA_ARGS__)>;   \
    };                                                                                             \
    [[maybe_unused]] beckon_methods_of_##Type beckon_reflect(::beckon::type_tag<Type>);

// tuple = (name, parameter...) or ((cpp_name, "wire name"), parameter...)
#define BECKON_METHOD_TYPE_(tuple)                                                                 \
    BECKON_PP_PASTE(beckon_method_, BECKON_PP_CPP_NAME(BECKON_PP_HEAD tuple))
#define BECKON_METHOD_(tuple)                                                                      \
    BECKON_METHOD_WITH_(BECKON_PP_HEAD tuple, BECKON_PP_CPP_NAME(BECKON_PP_HEAD tuple),            \
                        BECKON_PP_COUNT(BECKON_PP_TAIL tuple), (BECKON_PP_TAIL tuple))
#define BECKON_METHOD_WITH_(head, cpp, count, parameters)                                          \
    BECKON_METHOD_STRUCT_(head, cpp, count, parameters)
#define BECKON_METHOD_STRUCT_(head, cpp, count, parameters)                                        \
    struct beckon_method_##cpp {                                                                   \
        static constexpr ::std::string_view name = BECKON_PP_WIRE_NAME(head);                      \
        static constexpr ::std::string_view cpp_name = #cpp;                                       \
        static constexpr ::std::array<::std::string_view, count> parameter_names{                  \
            {BECKON_PP_LIST_IN(BECKON_PP_WIRE_NAME, parameters)}};                                 \
        using pointer = decltype(&registered_type::cpp);                                           \
        using signature = ::beckon::reflection::signature<pointer>;                                \
        static_assert(signature::arity == count,                                                   \
                      "BECKON_INTERFACE: name every parameter of the method, in order");           \
        template <typename Target, typename... Arguments>                                          \
        static constexpr auto call(Target& target, Arguments&&... arguments)                       \
            -> decltype(target.cpp(::std::forward<Arguments>(arguments)...)) {                     \
            return target.cpp(::std::forward<Arguments>(arguments)...);                            \
        }                                                                                          \
        template <::std::size_t I, typename Base, typename Signature>                              \
        struct stub;                                                                               \
        template <::std::size_t I, typename Base, typename Result, typename... Arguments>          \
        struct stub<I, Base, Result(Arguments...)> : Base {                                        \
            using Base::Base;                                                                      \
            auto cpp(Arguments... arguments) const -> typename Base::template returns<Result> {    \
                return this->template beckon_call<I, Result, Arguments...>(                        \
                    static_cast<Arguments&&>(arguments)...);                                       \
            }                                                                                      \
        };                                                                                         \
    };
