// Which Python class stands for an error of ours, and what a Python class says of the error.
#pragma once

#include <string>
#include <string_view>

#include "beckon/base/error.hpp"

namespace beckon::rpyc {

/// A class as a dump names it.
struct exception_class {
    std::string module;
    std::string name;
};

inline constexpr std::string_view builtins = "builtins";
/// The module of what Python has no class for. A Python peer sees "beckon.Overloaded".
inline constexpr std::string_view own_module = "beckon";

/// The text as UTF-8 without NUL: Python makes a class of that name, and refuses those with NUL.
[[nodiscard]] std::string as_class_name(std::string_view text);

/// The class for an error: the one that its type name says, in Python's spelling or in C++'s, else the one for its code.
/// What Python programs catch goes as the built-in class.
[[nodiscard]] exception_class class_of(const error& failure);

/// The code for a class that a peer raised: remote_error, but for a TimeoutError and for what `class_of` made of our own
/// codes; declared, for other classes of `own_module`.
[[nodiscard]] errc code_of(std::string_view module, std::string_view name) noexcept;

} // namespace beckon::rpyc
