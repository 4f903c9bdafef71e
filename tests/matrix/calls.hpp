// One call or more of each method of the conformance service, and what has to come of it.
#pragma once

#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "beckon/beckon.hpp"
#include "conformance/remcall_types.hpp"

namespace matrix {

using check = std::function<void(const beckon::ref<conformance::Conformance>&)>;
/// By method, in the order of the interface. A check throws what it found.
[[nodiscard]] const std::vector<std::pair<std::string_view, check>>& checks();
/// The same at the part of it that remcall can carry, under the names of the whole; for `mood` and `half`, their own.
using remcall_check = std::function<void(const beckon::ref<conformance::remcall::Main>&)>;
[[nodiscard]] const std::vector<std::pair<std::string_view, remcall_check>>& remcall_checks();

} // namespace matrix
