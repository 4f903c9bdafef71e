// Who is told how far a handler is.
#pragma once

#include <string_view>

#include "beckon/base/ref_counted.hpp"

namespace beckon {

/// What `this_call::report_progress` tells; call_context::progress. A handler may go on as a coroutine when its call is over:
/// it holds this.
///
/// Thread-safety: all functions, from any thread.
class progress_sink : public ref_counted {
public:
    /// `fraction` as the handler said: it may be anything. Must not throw, nor call the handler's object.
    virtual void report(double fraction, std::string_view text) noexcept = 0;
};

} // namespace beckon
