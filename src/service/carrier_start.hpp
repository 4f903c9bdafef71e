// From an expression to parts that run.
#pragma once

#include <memory>
#include <string>

#include "service/carrier_part.hpp"
#include "service/dial.hpp"
#include "service/server_state.hpp"

namespace beckon {

/// What a context knows of expressions.
[[nodiscard]] io::expression_rules rules_of(const std::shared_ptr<context>& inside,
                                            std::string protocol);

/// Why a part is stopped that takes too long to begin.
[[nodiscard]] error too_late(nanoseconds at_most);

/// Lets `start` start the part with what it is given, and stops the part where that takes too long. `done` is told once, and
/// nothing of this touches the part afterwards: it may be started anew at once.
void start_within(const std::shared_ptr<part_host>& host, const std::shared_ptr<carrier_part>& part,
                  nanoseconds at_most, carrier_part::started done,
                  function<void(carrier_part::started)> start);

/// Starts it within that time, and waits for it. Nothing failed where that is empty.
[[nodiscard]] carrier_part::failures start_and_wait(const std::shared_ptr<server::state>& host,
                                                    const std::shared_ptr<carrier_part>& part,
                                                    nanoseconds at_most, carrier_part::ended over);

} // namespace beckon
