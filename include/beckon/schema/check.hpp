// Whether a document means something: the rules that its grammar cannot express.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "beckon/base/result.hpp"
#include "beckon/schema/place.hpp"
#include "beckon/schema/schema.hpp"

namespace beckon::schema {

/// One rule that a document breaks.
struct problem {
    place where;
    std::string message;           ///< Lower case, no full stop; without the place.
    std::optional<place> related;  ///< A second place that matters: the first of two duplicates.
    std::string related_message{}; ///< What the second place shows.
    bool symmetric = false; ///< Two of a kind: the later in the text is the one to complain about.
};

/// Everything that is wrong with a document, in order of sections and members, at most `most` problems.
///
/// Refused: names that are none or are not declared (with the nearest that is), names declared twice, built-in
/// names given to types, `void` other than as a result, map keys that do not compare exactly, records that hold
/// themselves by value, streams anywhere but as a whole parameter or result, `raises` of what is no exception,
/// one-way methods with a result, streams or exceptions, default values that do not fit or are followed by a
/// field without one, default values of parameters, enum numbers used twice.
///
/// Limits: time and memory grow in proportion to the document, whatever it holds.
/// Thread-safety: any number of threads may check one document.
[[nodiscard]] std::vector<problem> check(const document& document, std::size_t most = 20);

/// The first problem as an error: "record Item, field at: undefined type 'Piont'; did you mean 'Point'?".
///
/// Errors: parse_error.
[[nodiscard]] result<void> validate(const document& document);

} // namespace beckon::schema
