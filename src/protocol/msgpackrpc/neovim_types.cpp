#include "protocol/msgpackrpc/neovim_types.hpp"

#include <algorithm>

namespace beckon::msgpackrpc {

namespace {

template <typename Entry>
void for_each_function(const value& metadata, std::string_view prefix, const Entry& entry) {
    const value& functions = metadata["functions"];
    if (!functions.is(value_kind::list)) return;
    for (const value& each : functions) {
        if (!each.is(value_kind::map) || !each["name"].is(value_kind::string)) continue;
        const std::string_view name = each["name"].string();
        if (name.starts_with(prefix)) entry(name.substr(prefix.size()), each);
    }
}

/// "(Integer start, Integer end) -> ArrayOf(String)". Without the object itself, where that is given.
[[nodiscard]] std::string signature_of(const value& function, bool without_object) {
    std::string text("(");
    const value& parameters = function["parameters"];
    if (parameters.is(value_kind::list)) {
        std::size_t skipped = without_object ? 1 : 0;
        bool first = true;
        for (const value& each : parameters) {
            if (skipped != 0) {
                --skipped;
                continue;
            }
            if (!each.is(value_kind::list) || each.size() != 2) continue;
            if (!std::exchange(first, false)) text += ", ";
            for (const value& part : each) {
                if (!part.is(value_kind::string)) continue;
                if (&part != &each[0]) text += ' ';
                text += part.string();
            }
        }
    }
    text += ')';
    if (const value& gives = function["return_type"]; gives.is(value_kind::string)) {
        text += " -> ";
        text += gives.string();
    }
    if (function.contains("deprecated_since")) text += " (deprecated)";
    return text;
}

} // namespace

const handle_type* neovim_types::find(std::int64_t number) const noexcept {
    const auto found = std::find_if(handles.begin(), handles.end(),
                                    [number](const auto& each) { return each.number == number; });
    return found != handles.end() ? &*found : nullptr;
}

result<value> metadata_in(const value& answer) {
    if (answer.is(value_kind::list) && answer.size() == 2 && answer[1].is(value_kind::map))
        return answer[1];
    return fail(errc::protocol_error, "peer answered ", api_info_function, " with ",
                answer.type_name(), "; expected [channel, metadata]");
}

neovim_types types_in(const value& metadata) {
    neovim_types known;
    if (const value& types = metadata["types"]; types.is(value_kind::map)) {
        for (const map_entry& each : types.entries()) {
            if (!each.key.is(value_kind::string) || !each.mapped.is(value_kind::map)) continue;
            const value& number = each.mapped["id"];
            const value& prefix = each.mapped["prefix"];
            if (number.is_int64() && prefix.is(value_kind::string)) {
                known.handles.push_back(
                    {number.int64(), std::string(each.key.string()), std::string(prefix.string())});
            }
        }
    }
    if (const value& errors = metadata["error_types"]; errors.is(value_kind::map)) {
        for (const map_entry& each : errors.entries()) {
            if (each.key.is(value_kind::string) && each.mapped.is(value_kind::map) &&
                each.mapped["id"].is_int64())
                known.errors[each.mapped["id"].int64()] = each.key.string();
        }
    }
    return known;
}

value function_names(const value& metadata, std::string_view prefix) {
    value names = value::list();
    for_each_function(metadata, prefix,
                      [&](std::string_view name, const value&) { names.push_back(name); });
    return names;
}

value function_signatures(const value& metadata, std::string_view prefix) {
    value pairs = value::list();
    for_each_function(metadata, prefix, [&](std::string_view name, const value& function) {
        pairs.push_back(value::tuple({name, signature_of(function, !prefix.empty())}));
    });
    return pairs;
}

} // namespace beckon::msgpackrpc
