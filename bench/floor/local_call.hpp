#pragma once

#include "common/runs.hpp"

namespace bench::floor {

/// Nanoseconds of one virtual call that the compiler cannot see through: the least that a call by
/// way of a reference to an object of the same process can cost.
figure local_call(const options& chosen);

} // namespace bench::floor
