// Iteration over dynamic objects. A part of dynamic.hpp, of no use without it.
#pragma once

#include <cstddef>
#include <iterator>
#include <memory>

#include "beckon/object/dynamic_plan.hpp"
#include "beckon/value/value.hpp"

namespace beckon {

class dynamic;

/// How many items an iteration asks for at a time. Small batches first: what makes an item may take long, and the loop may
/// end early. Containers whose items are there already are asked for the most at once.
struct batch_options {
    std::size_t first = 10;
    std::size_t most = 1000;
    std::size_t growth = 2; ///< Each batch is so many times the one before.
};

/// Goes through what an object, or a plain value, gives. Copies share their place. A stream can be gone through once.
///
/// What an iterator gave beyond the end of a loop that was left early is lost. Where an item cannot be had, those that were
/// made in the same batch before it are lost as well, as they never came.
///
/// Errors: those of the requests are thrown where they are made: by `begin` and `++`.
/// Thread-safety: one iteration belongs to one thread at a time.
class dynamic_iterator {
public:
    using value_type = dynamic;
    using difference_type = std::ptrdiff_t;
    using iterator_concept = std::input_iterator_tag;

    dynamic_iterator() noexcept = default;
    dynamic_iterator(const value& over, std::shared_ptr<const call_options> options,
                     const batch_options& batches);

    [[nodiscard]] const dynamic& operator*() const noexcept;
    [[nodiscard]] const dynamic* operator->() const noexcept { return &**this; }
    dynamic_iterator& operator++();
    void operator++(int) { ++*this; }
    [[nodiscard]] bool operator==(std::default_sentinel_t) const noexcept;

private:
    struct progress;
    std::shared_ptr<progress> progress_; ///< Null at the end.
};

/// What `iterate` gives: to be used in one range-for.
class dynamic_range {
public:
    dynamic_range(value over, std::shared_ptr<const call_options> options,
                  const batch_options& batches)
        : over_(std::move(over)), options_(std::move(options)), batches_(batches) {}
    [[nodiscard]] dynamic_iterator begin() const { return {over_, options_, batches_}; }
    [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

private:
    value over_;
    std::shared_ptr<const call_options> options_;
    batch_options batches_;
};

} // namespace beckon
