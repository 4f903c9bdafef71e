// Objects by value: what a peer lent where the schema wants a list, a map, a record or the like.
#pragma once

#include <cstddef>

#include "beckon/object/call.hpp"
#include "beckon/object/future.hpp"
#include "beckon/schema/schema.hpp"
#include "beckon/value/value.hpp"

namespace beckon {

struct materialize_options {
    std::size_t max_nodes = 1'000'000; ///< Values in all, those inside counted.
    std::size_t max_depth = 64;        ///< Of types inside types.
    std::size_t max_requests = 256;    ///< On their way at one time, for the items of one list.
    call_options call{};               ///< For each operation that fetches.
    /// What the document and the type are part of, kept alive until all is fetched; null where they outlive that.
    intrusive_ptr<const ref_counted> owner{};
};

/// Whether `materialize` would have something to fetch: a reference to a container of this process, or to any object at a
/// peer of a dynamic protocol, where the type wants something else than an object. Looks only where the type allows one.
[[nodiscard]] bool needs_materializing(const value& given, const schema::document& document,
                                       const schema::type& wanted);

/// The value with such references replaced by what they refer to: lists, tuples and sets by their items, maps by their
/// entries, records by their attributes (or their entries, where the peer says that it is a dict), a stream by one that
/// pulls items as they are wanted. Everything else stays as it is: whether it fits is for `coerce` or a conversion to say.
///
/// One request a list, two a map, one a field of a record; those of different items go out together. A map whose
/// methods its holder does not let us call takes one request a key.
///
/// Errors: what the operations fail with; limit_exceeded.
/// Limits: as the options say; a list is asked for one item more than is left.
/// Thread-safety: it never blocks, and may run in a handler's context: cancelling that gives it up.
/// Lifetime: document and type outlive the future, or `options.owner` keeps them.
[[nodiscard]] future<value> materialize(value given, const schema::document& document,
                                        const schema::type& wanted,
                                        const materialize_options& options = {});

} // namespace beckon
