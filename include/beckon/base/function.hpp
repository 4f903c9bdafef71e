// A callable that can be moved but not copied; C++23's move_only_function, which GCC 12 lacks in C++20 mode.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include "beckon/base/assert.hpp"

namespace beckon {

template <typename Signature>
class function;

/// Holds any callable that fits R(Args...), move-only ones too. Callables up to three words that move
/// without throwing are held inside, without allocation.
///
/// Thread-safety: as the callable.
template <typename R, typename... Args>
class function<R(Args...)> {
public:
    function() noexcept = default;
    function(std::nullptr_t) noexcept {} // NOLINT(google-explicit-constructor)

    template <typename Callable>
    requires(!std::is_same_v<std::remove_cvref_t<Callable>, function> &&
             std::is_invocable_r_v<R, std::decay_t<Callable>&, Args...>)
        function(Callable&& callable) { // NOLINT(google-explicit-constructor)
        using held = std::decay_t<Callable>;
        if constexpr (sizeof(held) <= sizeof(storage_) && alignof(held) <= alignof(void*) &&
                      std::is_nothrow_move_constructible_v<held>) {
            ::new (static_cast<void*>(storage_)) held(std::forward<Callable>(callable));
            operations_ = &inside<held>;
        } else {
            ::new (static_cast<void*>(storage_)) held*(new held(std::forward<Callable>(callable)));
            operations_ = &outside<held>;
        }
    }

    function(function&& other) noexcept { take(other); }
    function& operator=(function&& other) noexcept {
        if (this != &other) {
            reset();
            take(other);
        }
        return *this;
    }
    function(const function&) = delete;
    function& operator=(const function&) = delete;
    ~function() { reset(); }

    explicit operator bool() const noexcept { return operations_ != nullptr; }

    R operator()(Args... args) {
        BECKON_ASSERT(operations_ != nullptr, "called an empty function");
        return operations_->call(storage_, std::forward<Args>(args)...);
    }

    void reset() noexcept {
        if (operations_ != nullptr) std::exchange(operations_, nullptr)->destroy(storage_);
    }

private:
    struct operations {
        R (*call)(void*, Args&&...);
        void (*move)(void* to, void* from) noexcept;
        void (*destroy)(void*) noexcept;
    };

    template <typename Held>
    static constexpr operations inside{
        [](void* at, Args&&... args) -> R {
            return static_cast<R>((*static_cast<Held*>(at))(std::forward<Args>(args)...));
        },
        [](void* to, void* from) noexcept {
            ::new (to) Held(std::move(*static_cast<Held*>(from)));
            static_cast<Held*>(from)->~Held();
        },
        [](void* at) noexcept { static_cast<Held*>(at)->~Held(); }};

    template <typename Held>
    static constexpr operations outside{
        [](void* at, Args&&... args) -> R {
            return static_cast<R>((**static_cast<Held**>(at))(std::forward<Args>(args)...));
        },
        [](void* to, void* from) noexcept { ::new (to) Held*(*static_cast<Held**>(from)); },
        [](void* at) noexcept { delete *static_cast<Held**>(at); }};

    void take(function& other) noexcept {
        if (other.operations_ == nullptr) return;
        other.operations_->move(storage_, other.storage_);
        operations_ = std::exchange(other.operations_, nullptr);
    }

    alignas(void*) unsigned char storage_[3 * sizeof(void*)];
    const operations* operations_ = nullptr;
};

} // namespace beckon
