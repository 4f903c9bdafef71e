// Building a container in the memory that it will have.
#pragma once

#include <cstddef>
#include <new>
#include <utility>

#include "beckon/value/value.hpp"

namespace beckon::detail {

/// Collects the values of one container.
class array_builder {
public:
    explicit array_builder(std::size_t capacity);
    ~array_builder() {
        if (node_ != nullptr) discard();
    }
    array_builder(const array_builder&) = delete;
    array_builder& operator=(const array_builder&) = delete;

    /// Appends a null and returns it, to be assigned. Valid until the next `add`.
    value& add() {
        if (node_->size == node_->capacity) grow();
        auto* const at = reinterpret_cast<value*>(node_ + 1) + node_->size;
        ++node_->size;
        return *::new (static_cast<void*>(at)) value();
    }
    /// Gives what was collected away. Keys of maps (every other value) and items of sets must differ.
    [[nodiscard]] value finish(form form);

private:
    void grow();
    void discard() noexcept;

    array_node* node_;
};

} // namespace beckon::detail
