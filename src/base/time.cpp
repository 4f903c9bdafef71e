#include "beckon/base/time.hpp"

namespace beckon {

time_point steady_clock_source::now() const noexcept {
    return std::chrono::time_point_cast<nanoseconds>(std::chrono::steady_clock::now());
}

} // namespace beckon
