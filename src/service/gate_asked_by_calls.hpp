// Admission where peers cannot call the desk: their protocol has no form for it.
#pragma once

#include "beckon/service/admission_gate.hpp"

namespace beckon {

/// A gate that can be asked for a place by a call. A program's own need not be one.
///
/// Thread-safety: all functions, from any thread.
class gate_asked_by_calls : public admission_gate {
public:
    /// As `check`, of callers who can do no more than call: who has no place asks for one by that.
    [[nodiscard]] virtual result<void> check_or_enter(const access_question& asked) = 0;
};

} // namespace beckon
