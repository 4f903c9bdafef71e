// Values on their way from one peer to another: what the other could not take as it is, it gets by content.
#pragma once

#include "beckon/object/dynamic_plan.hpp"
#include "beckon/object/peer.hpp"
#include "beckon/object/servant.hpp"
#include "beckon/value/value.hpp"

namespace beckon::detail {

/// Whether something in the value has to be fetched before it can be passed on to `to`: a container or an iterator that is
/// lent, by a peer or by this process, where `to` takes none as objects. Null: everything may stay as it is.
///
/// REQUIRES: no session's lock is held.
[[nodiscard]] bool must_be_carried(const value& given, const peer* to);

/// Gives the value with such containers replaced by their contents, those inside them too; where it is an iterator, a
/// stream of its items.
///
/// Errors: limit_exceeded; what asking for the contents fails with.
[[nodiscard]] plan carry(const value& given);

/// Calls a method of an object whose interface is known, with the arguments carried to it, and the result to `from` where
/// that is not null.
[[nodiscard]] future<value> call_carrying(object target, std::string method, value arguments,
                                          intrusive_ptr<peer> from, const call_options& options);

/// Asks an operation of an object as a call of `from`, with arguments and result carried where they have to be.
[[nodiscard]] plan ask_carrying(object target, dynamic_request request, intrusive_ptr<peer> from);

/// Answers a call by what comes of the plan that `ask` makes of its request, for the peer that it came from. As answer_later.
void answer_by(servant& target, incoming_call& call,
               function<plan(dynamic_request, intrusive_ptr<peer>)> ask);

} // namespace beckon::detail
