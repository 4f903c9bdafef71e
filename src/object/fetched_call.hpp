// Calls whose arguments have to be fetched from where they are before the handler can run.
#pragma once

#include "beckon/object/materialize.hpp"
#include "beckon/object/servant.hpp"
#include "beckon/value/describe.hpp"
#include "object/nested_servant.hpp"

namespace beckon::detail {

/// Whether some argument could be a reference, at little cost: most calls have none.
[[nodiscard]] bool may_refer_somewhere(const value& arguments) noexcept;

/// Whether the arguments, a list or a map, hold what the method's parameters want by value.
[[nodiscard]] bool needs_fetching(const value& arguments, const schema::document& document,
                                  const schema::method& method);

/// Takes the call out of its turn, fetches and then has `target` dispatch the call, in the context of its caller. The
/// handler starts when all is there, as one that has waited goes on: beside whatever runs by then.
/// REQUIRES: locked; `call.method` is set; the target's descriptor keeps document and method alive.
void fetch_and_dispatch(servant& target, incoming_call& call, value arguments,
                        const schema::document& document, const schema::method& method);

/// The same for an operation of an object without a schema: the arguments at `first` and behind, where one has to wait
/// for their items, become lists of their items (or, with `maps`, maps), before `run` makes the result.
void fetch_and_answer(servant& target, incoming_call& call, std::size_t first, bool maps,
                      function<result<value>(dynamic_request&)> run);

/// The same for a function of an object without a schema: `run` goes on with the call when its arguments, all by position,
/// are there.
void fetch_and_go_on(servant& target, incoming_call& call, value arguments,
                     const described_type& wanted, function<void(incoming_call&, value)> run);

/// Whether one of those arguments is such: at a peer, a stream, an object with an iterator of its own.
[[nodiscard]] bool must_wait_for_items(const dynamic_request& request, std::size_t first) noexcept;

} // namespace beckon::detail
