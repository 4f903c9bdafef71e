#include "object/misfit.hpp"

#include "beckon/object/named_error.hpp"
#include "object/named_arguments.hpp"
#include "object/python_text.hpp"

namespace beckon::detail {

namespace {

[[nodiscard]] error type_error(std::string_view function, std::string_view what) {
    return named_error("builtins.TypeError", concat(function, "() ", what));
}

[[nodiscard]] bool is_required(const schema::field& parameter) noexcept {
    return parameter.type.kind != schema::kind::optional;
}

[[nodiscard]] error misfit(std::string_view interface, const schema::method& method,
                           const value& by_position, const value& by_name) {
    const std::string function = concat(interface, '.', method.name);
    const auto& parameters = method.parameters;
    for (const auto& [name, content] : named_entries(by_name)) {
        std::size_t at = 0;
        while (at < parameters.size() && name != value(parameters[at].name)) ++at;
        if (at == parameters.size()) return unexpected_argument(function, name);
        if (at < by_position.size()) return doubled_argument(function, parameters[at].name);
    }
    std::size_t least = 0;
    std::vector<std::string_view> missing;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        if (!is_required(parameters[i])) continue;
        ++least;
        if (i >= by_position.size() && !by_name.contains(value(parameters[i].name)))
            missing.push_back(parameters[i].name);
    }
    if (missing.empty() || by_position.size() > parameters.size())
        return too_many_arguments(function, least, parameters.size(), by_position.size());
    return missing_arguments(function, missing);
}

} // namespace

error too_many_arguments(std::string_view function, std::size_t least, std::size_t most,
                         std::size_t given) {
    const std::string range = least == most ? concat(most) : concat("from ", least, " to ", most);
    return type_error(function, concat("takes ", range, " positional argument",
                                       most == 1 && least == most ? "" : "s", " but ", given,
                                       given == 1 ? " was given" : " were given"));
}

error missing_arguments(std::string_view function, const std::vector<std::string_view>& names) {
    std::string listed;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const bool is_last = i + 1 == names.size();
        if (i != 0) listed += names.size() > 2 ? ", " : " ";
        if (i != 0 && is_last) listed += "and ";
        listed += python_quoted(names[i]);
    }
    return type_error(function, concat("missing ", names.size(), " required positional argument",
                                       names.size() == 1 ? ": " : "s: ", listed));
}

error unexpected_argument(std::string_view function, const value& name) {
    return type_error(function, concat("got an unexpected keyword argument ",
                                       name.is(value_kind::string) ? python_quoted(name.string())
                                                                   : name.to_text(64)));
}

error doubled_argument(std::string_view function, std::string_view name) {
    return type_error(function, concat("got multiple values for argument ", python_quoted(name)));
}

result<void> expect_fit(std::string_view interface, const schema::method& method,
                        const value& by_position, const value& by_name) {
    const auto& parameters = method.parameters;
    const std::size_t placed = by_position.size();
    const std::size_t all_named = by_name.size();
    if (placed == parameters.size() && all_named == 0) return {};
    bool fits = placed <= parameters.size();
    std::size_t named = 0;
    for (std::size_t i = 0; i < parameters.size() && fits; ++i) {
        const bool is_named = all_named != 0 && by_name.contains(value(parameters[i].name));
        named += is_named ? 1 : 0;
        fits = i < placed ? !is_named : is_named || !is_required(parameters[i]);
    }
    if (fits && named == all_named) return {};
    // Of an interface it is a wrong argument to every protocol; in Python's words, since none are clearer.
    const error python = misfit(interface, method, by_position, by_name);
    error failure(errc::invalid_argument, python.message());
    failure.set_type_name(python.type_name());
    return failure;
}

} // namespace beckon::detail
