// Arguments of a handler that may outlive the call that started it.
#pragma once

#include <memory>
#include <tuple>

namespace beckon::detail {

/// Holds arguments where they stay until the handler has ended: a coroutine that takes them by reference refers to these,
/// and goes on when the message that brought them is long gone.
template <typename Tuple>
class lasting_arguments {
public:
    [[nodiscard]] Tuple& operator*() noexcept { return *content_; }

private:
    // Movable, and its content is not moved: an allocation for each call of a coroutine that has parameters.
    std::unique_ptr<Tuple> content_ = std::make_unique<Tuple>();
};

template <>
class lasting_arguments<std::tuple<>> {
public:
    [[nodiscard]] std::tuple<>& operator*() noexcept { return content_; }

private:
    std::tuple<> content_;
};

} // namespace beckon::detail
