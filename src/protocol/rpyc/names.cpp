#include "protocol/rpyc/names.hpp"

#include <algorithm>
#include <array>

namespace beckon::rpyc {

namespace {

// Each table is sorted, to be searched by halves.
constexpr std::array<std::string_view, 80> safe_table{
    "__abs__",      "__add__",       "__and__",         "__bool__",     "__cmp__",
    "__contains__", "__delitem__",   "__delslice__",    "__div__",      "__divmod__",
    "__doc__",      "__enter__",     "__eq__",          "__exit__",     "__float__",
    "__floordiv__", "__format__",    "__ge__",          "__getitem__",  "__getslice__",
    "__gt__",       "__hash__",      "__hex__",         "__iadd__",     "__iand__",
    "__idiv__",     "__ifloordiv__", "__ilshift__",     "__imod__",     "__imul__",
    "__index__",    "__int__",       "__invert__",      "__ior__",      "__ipow__",
    "__irshift__",  "__isub__",      "__iter__",        "__itruediv__", "__ixor__",
    "__le__",       "__len__",       "__length_hint__", "__long__",     "__lshift__",
    "__lt__",       "__mod__",       "__mul__",         "__ne__",       "__neg__",
    "__new__",      "__next__",      "__nonzero__",     "__oct__",      "__or__",
    "__pos__",      "__pow__",       "__radd__",        "__rand__",     "__rdiv__",
    "__rdivmod__",  "__repr__",      "__rfloordiv__",   "__rlshift__",  "__rmod__",
    "__rmul__",     "__ror__",       "__rpow__",        "__rrshift__",  "__rshift__",
    "__rsub__",     "__rtruediv__",  "__rxor__",        "__setitem__",  "__setslice__",
    "__str__",      "__sub__",       "__truediv__",     "__xor__",      "next",
};

constexpr std::array<std::string_view, 35> local_table{
    "____conn__",
    "____id_pack__",
    "____refcount__",
    "__array_interface__",
    "__array_struct__",
    "__class__",
    "__cmp__",
    "__del__",
    "__delattr__",
    "__dict__",
    "__dir__",
    "__doc__",
    "__eq__",
    "__exit__",
    "__ge__",
    "__getattr__",
    "__getattribute__",
    "__gt__",
    "__hash__",
    "__init__",
    "__instancecheck__",
    "__le__",
    "__lt__",
    "__metaclass__",
    "__methods__",
    "__module__",
    "__ne__",
    "__new__",
    "__reduce__",
    "__reduce_ex__",
    "__repr__",
    "__setattr__",
    "__slots__",
    "__str__",
    "__weakref__",
};

constexpr std::array<std::string_view, 34> pregenerated_table{
    "BaseException",
    "Exception",
    "NoneType",
    "bool",
    "builtin_function_or_method",
    "bytearray",
    "bytes",
    "code",
    "complex",
    "dict",
    "float",
    "frame",
    "frozenset",
    "function",
    "generator",
    "int",
    "list",
    "list_iterator",
    "mappingproxy",
    "memoryview",
    "method",
    "method-wrapper",
    "module",
    "object",
    "range_iterator",
    "set",
    "set_iterator",
    "slice",
    "str",
    "traceback",
    "tuple",
    "tuple_iterator",
    "type",
    "wrapper_descriptor",
};

template <std::size_t Size>
constexpr bool is_table(const std::array<std::string_view, Size>& names) {
    return std::is_sorted(names.begin(), names.end()) &&
           std::adjacent_find(names.begin(), names.end()) == names.end() && !names.back().empty();
}
static_assert(is_table(safe_table) && is_table(local_table) && is_table(pregenerated_table));

bool holds(std::span<const std::string_view> names, std::string_view name) noexcept {
    return std::binary_search(names.begin(), names.end(), name);
}

} // namespace

std::span<const std::string_view> safe_attributes() noexcept { return safe_table; }
std::span<const std::string_view> local_attributes() noexcept { return local_table; }
std::span<const std::string_view> pregenerated_classes() noexcept { return pregenerated_table; }

bool is_safe_attribute(std::string_view name) noexcept { return holds(safe_table, name); }
bool is_local_attribute(std::string_view name) noexcept { return holds(local_table, name); }
bool is_pregenerated_class(std::string_view name) noexcept {
    return name.starts_with(builtins_prefix) &&
           holds(pregenerated_table, name.substr(builtins_prefix.size()));
}

} // namespace beckon::rpyc
