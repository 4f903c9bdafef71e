// Names of objects and streams in plain data, {"$ref": 3, "interface": "Counter"} and {"$stream": 3}, in the methods of objects,
// "$ref/3.increment", and in the notices about them, "$item" (docs/wire/mapping.md): found for a comparison, and changed.
#pragma once

#include <string>
#include <string_view>

#include "beckon/value/value.hpp"
#include "session/teller.hpp"

namespace beckon {

/// In protocols whose messages are plain data: what stands for references begins with `prefix`.
class told_plain {
public:
    explicit told_plain(std::string_view prefix)
        : prefix_(prefix), reference_(concat(prefix, "ref")), stream_(concat(prefix, "stream")) {}

    /// A part of a message with names for what the server has numbered. `who` says it.
    [[nodiscard]] value content(speaker who, const value& part) const;
    /// The same of a client's message, with the numbers of another run.
    [[nodiscard]] value renamed(const value& part, const other_names& names) const;

    /// Of a message that calls a method.
    struct call {
        std::string method;
        value params;
    };
    [[nodiscard]] call content(speaker who, call of) const;
    [[nodiscard]] call renamed(call of, const other_names& names) const;
    /// Credit and releases: whether they come, and when, depends on the run.
    [[nodiscard]] bool is_aside(std::string_view method) const;

private:
    [[nodiscard]] bool is_notice(std::string_view method, std::string_view name) const;

    std::string prefix_;
    std::string reference_;
    std::string stream_;
};

} // namespace beckon
