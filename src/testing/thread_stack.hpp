// The stack of a simulated thread: kept for the next one when it is done with, since worlds come and go by the thousand.
#pragma once

#include <cstddef>
#include <memory>

namespace beckon::testing {

/// Memory for one stack.
class thread_stack {
public:
    /// The deepest recursion that limits allow, in a build with sanitizers. Only what is used costs memory.
    static constexpr std::size_t size = 8u << 20;

    thread_stack() noexcept = default;
    [[nodiscard]] static thread_stack take();
    thread_stack(thread_stack&&) noexcept = default;
    thread_stack& operator=(thread_stack&&) = delete;
    /// Nothing on it is destroyed.
    ~thread_stack();

    /// Null where there is none.
    [[nodiscard]] std::byte* bottom() const noexcept { return memory_.get(); }

private:
    std::unique_ptr<std::byte[]> memory_;
};

} // namespace beckon::testing
