// What an exception says, told from its parts as Python tells it.
#pragma once

#include <string>

#include "protocol/rpyc/python_exception.hpp"

namespace beckon::rpyc {

/// What str() of the exception says. Built-in classes with a str() of their own (KeyError, OSError and its kin, the
/// Unicode errors) are known; what a class of a program would say cannot be, and reads as Python's default.
[[nodiscard]] std::string exception_text(const python_exception& raised);

} // namespace beckon::rpyc
