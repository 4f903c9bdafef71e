// Who may call what: a question that a program can answer for each call of a peer.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "beckon/base/result.hpp"
#include "beckon/object/call.hpp"
#include "beckon/object/dynamic_request.hpp"
#include "beckon/object/object_core.hpp"

namespace beckon {

/// One call of a peer that is about to run. Its texts live as long as the question is being answered.
struct access_question {
    const caller_identity& caller; ///< As this_call::caller_name() will tell it.
    const object_core& target;
    /// What kind of object: its interface's name, "Calculator"; "directory" for the native protocol's, "Root" for what
    /// other protocols show first; what a dynamic object is called, otherwise.
    std::string_view object;
    /// The name that it is published under; empty for one that was handed out in a result or as an argument.
    std::string published{};
    /// "add". Operations without a name of their own have Python's: "__call__", "__str__", "__dir__".
    std::string_view method;
    /// All but `call_method` of dynamic peers alone: RPyC's attributes and the like.
    operation what = operation::call_method;
    /// The target is what this conversation itself shows first, the directory or the root, which the toolkit makes. No
    /// object of the program is it, whatever its interface is called.
    bool shown_first = false;
};

/// Decides about each call of a peer, whatever protocol it came by, before its arguments have been looked at: those of
/// published objects, of the directory, and of references that were handed out. An error refuses the call, and is what
/// the caller gets: fail(errc::access_denied, ...). So does an exception.
///
/// It runs where the call arrives, with the conversation held up: it decides by what is at hand, calls nobody and waits
/// for nothing. Several conversations may ask at once.
using authorizer = std::function<result<void>(const access_question&)>;

/// Whether the call only finds objects, and tells of none what its methods do.
[[nodiscard]] bool looks_only(const access_question& asked) noexcept;

/// As sessions have it; null: everybody may call everything.
using shared_authorizer = std::shared_ptr<const authorizer>;

} // namespace beckon
