// What RPyC tells of an exception beyond its text (docs/wire/rpyc.md, section 9).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "beckon/base/assert.hpp"
#include "beckon/object/exception_codec.hpp"
#include "beckon/value/value.hpp"

namespace beckon::rpyc {

/// The exception that a peer raised: the detail of its error, for `python::parts_of` and for being passed on unchanged.
/// All of it is the peer's word and only kept as data.
class python_exception final : public exception_fields {
public:
    /// REQUIRES: the arguments are a tuple, the attributes a map.
    python_exception(std::string module, std::string class_name, value arguments, value attributes)
        : exception_fields(value::exception({.type = concat(module, '.', class_name),
                                             .arguments = arguments,
                                             .fields = fields_of(attributes)})),
          module_(std::move(module)), class_name_(std::move(class_name)),
          arguments_(std::move(arguments)), attributes_(std::move(attributes)) {
        BECKON_ASSERT(arguments_.is(value_kind::tuple), "an exception's arguments are a tuple");
        BECKON_ASSERT(attributes_.is(value_kind::map), "an exception's attributes are a map");
    }

    /// "builtins", "myapp.errors".
    [[nodiscard]] const std::string& module() const noexcept { return module_; }
    /// "KeyError", without the module.
    [[nodiscard]] const std::string& class_name() const noexcept { return class_name_; }
    /// Python's `args`: a tuple. What cannot go by value came as its repr().
    [[nodiscard]] const value& arguments() const noexcept { return arguments_; }
    /// A map by name, in the peer's order: "errno", "filename", "_remote_version".
    [[nodiscard]] const value& attributes() const noexcept { return attributes_; }

private:
    /// What those who do not speak RPyC are told: not what it adds by itself, nor what every exception of Python has (a
    /// method, which comes as its repr).
    [[nodiscard]] static value fields_of(const value& attributes) {
        std::vector<map_entry> kept;
        for (const map_entry& each : attributes.entries()) {
            const bool is_text = each.key.is(value_kind::string);
            const std::string_view name = is_text ? each.key.string() : std::string_view();
            if (!name.starts_with('_') && name != "add_note") kept.push_back(each);
        }
        return value::map(std::move(kept));
    }

    std::string module_;
    std::string class_name_;
    value arguments_;
    value attributes_;
};

} // namespace beckon::rpyc
