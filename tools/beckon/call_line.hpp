// What stands behind `beckon call ENDPOINT`: a method of an object, its arguments, and further calls on the result.
#pragma once

#include <string>
#include <vector>

#include "beckon/value/value.hpp"

namespace command {

struct call_argument {
    enum class kind { json, listener, input };
    std::string name; ///< Of the parameter; empty where it is given by position.
    kind is = kind::json;
    beckon::value content;
};

struct call_step {
    std::string method; ///< Of a further call perhaps a path: "path.append".
    std::vector<call_argument> arguments;
};

struct call_line {
    std::string object; ///< Empty where it was left out.
    std::vector<call_step> steps;
};

/// Reads `OBJECT.METHOD ARGS... .METHOD ARGS...`. Throws a failure of status::wrong_usage that names the argument.
[[nodiscard]] call_line parse_call_line(const std::string& target,
                                        const std::vector<std::string>& rest);

} // namespace command
