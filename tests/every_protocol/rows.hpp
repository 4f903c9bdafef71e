// What docs/wire/mapping.md says of each type, as calls of an object that has a method for each.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "beckon/object/dynamic.hpp"
#include "every_protocol/types.hpp"

namespace every_protocol {

/// A caller without generated code: by the name of a method and a list of arguments.
using by_name = std::function<beckon::dynamic(std::string_view method, beckon::value arguments,
                                              const beckon::call_options& options)>;

/// A way of speaking: a column of the page, or one of the two that quickrpc's has.
enum class spoken { native, jsonrpc, jrpc, terse, msgpack, rpyc6, rpyc5, remcall, pyrpc, basic };

struct situation {
    spoken by;
    bool lives_here; ///< The object, and not at another peer of whoever publishes it.
};

struct row {
    std::string_view name;  ///< Of the test.
    std::string_view type;  ///< The row of the page; empty: none, for what it says in a cell.
    std::string_view found; ///< What a refusal calls the type: words, one of which it has.
    std::vector<spoken> refused_by;
    std::function<void(const beckon::ref<Every>& with, const situation& at)> typed;
    /// Null: there is nothing of the kind without types.
    std::function<void(const by_name& call, const situation& at)> named;

    [[nodiscard]] bool is_refused(spoken by) const;
};

[[nodiscard]] const std::vector<row>& rows();

} // namespace every_protocol
