#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bench {

/// Durations of single calls, kept whole: a histogram's buckets would be coarser than the
/// differences of a few per cent that are looked for here.
class samples {
public:
    explicit samples(std::size_t expected) { nanoseconds_.reserve(expected); }

    void add(std::uint64_t nanoseconds) {
        nanoseconds_.push_back(static_cast<std::uint32_t>(
            std::min<std::uint64_t>(nanoseconds, static_cast<std::uint64_t>(UINT32_MAX))));
    }

    std::size_t count() const { return nanoseconds_.size(); }

    /// The value that `fraction` of the samples do not exceed, in microseconds; 0 without samples.
    double microseconds_at(double fraction) {
        if (nanoseconds_.empty()) return 0;
        const auto rank =
            static_cast<std::size_t>(fraction * static_cast<double>(nanoseconds_.size() - 1));
        const auto nth = nanoseconds_.begin() + static_cast<std::ptrdiff_t>(rank);
        std::nth_element(nanoseconds_.begin(), nth, nanoseconds_.end());
        return static_cast<double>(*nth) / 1000.0;
    }

private:
    std::vector<std::uint32_t> nanoseconds_;
};

} // namespace bench
