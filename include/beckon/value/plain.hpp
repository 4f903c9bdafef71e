// Plain data: values of the kinds that JSON has, and what stands among them for the others.
//
//   bytes                            {"$bytes": base64}
//   date, time, datetime, duration   {"$date": ISO 8601}, {"$time"}, {"$datetime"}, {"$duration"}
//   variant                          {"$case": name, "value": content}
//   reference, stream                {"$ref": n, ...}, {"$stream": n}: what the session makes of them
//   enumeration                      its name
//   record                           map by field names
//   tuple, set                       list
//   map with keys other than strings list of [key, value]
//   NaN, infinities, complex numbers, slices, extensions, exceptions: refused by name
#pragma once

#include <cstddef>
#include <string_view>

#include "beckon/base/result.hpp"
#include "beckon/value/value.hpp"

namespace beckon {

/// What a session knows about references and streams in plain data.
class handle_forms {
public:
    virtual ~handle_forms() = default;
    /// What stands for a reference or a stream, such as {"$ref": 3, "interface": "Counter"}: a plain value.
    [[nodiscard]] virtual result<value> to_form(const value& handle) = 0;
    /// The reference or stream that a map with "$ref" or "$stream" stands for.
    [[nodiscard]] virtual result<value> from_form(const value& form) = 0;
};

struct plain_options {
    std::string_view prefix = "$";   ///< Of the special keys; quickrpc's is "__".
    handle_forms* handles = nullptr; ///< Without them references and streams are refused.
    std::size_t max_depth = 256;
    std::size_t max_nodes = 1'000'000;
    /// Bytes as quickrpc reads them: any map that has their key stands for them, whatever else it has, and of its text
    /// what is no base64 is passed over.
    bool loose_bytes = false;
};

/// The value as plain data.
///
/// Errors: unsupported, for what has no plain form; limit_exceeded; both with the path.
[[nodiscard]] result<value> to_plain(const value& from, const plain_options& options = {});

/// Turns the special maps inside plain data back into what they stand for, for receivers that have no type to go
/// by (`any`). Records, enumerations, tuples and sets can't be told from maps, strings and lists, and stay.
///
/// Errors: parse_error, where a special map's text is not what its key says; unsupported, for references without
/// `handles`; limit_exceeded; all with the path.
[[nodiscard]] result<value> from_plain(const value& from, const plain_options& options = {});

} // namespace beckon
