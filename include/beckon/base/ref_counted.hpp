// Objects that count their own references, and the pointer that does the counting.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace beckon {

/// Base of objects that live as long as somebody holds an `intrusive_ptr` to them.
///
/// Thread-safety: counting is safe from any thread.
class ref_counted {
public:
    ref_counted(const ref_counted&) = delete;
    ref_counted& operator=(const ref_counted&) = delete;

    void acquire() const noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
    /// Takes a reference unless the last one has gone already.
    [[nodiscard]] bool try_acquire() const noexcept {
        std::uint32_t count = references_.load(std::memory_order_relaxed);
        while (count != 0) {
            if (references_.compare_exchange_weak(count, count + 1, std::memory_order_relaxed))
                return true;
        }
        return false;
    }
    void release() const noexcept {
        if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            const_cast<ref_counted*>(this)->on_last_release();
        }
    }
    [[nodiscard]] std::uint32_t use_count() const noexcept {
        return references_.load(std::memory_order_relaxed);
    }

protected:
    ref_counted() = default;
    virtual ~ref_counted() = default;
    /// Drops a reference unless it is the only one. False where it is: it is held still.
    [[nodiscard]] bool release_unless_only() const noexcept {
        std::uint32_t count = references_.load(std::memory_order_acquire);
        while (count != 1) {
            if (references_.compare_exchange_weak(count, count - 1, std::memory_order_acq_rel,
                                                  std::memory_order_acquire))
                return true;
        }
        return false;
    }
    /// Runs once the count is zero; frees the object unless overridden.
    virtual void on_last_release() noexcept { delete this; }

private:
    mutable std::atomic<std::uint32_t> references_{0};
};

/// A counted pointer, one word wide.
template <typename T>
class intrusive_ptr {
public:
    constexpr intrusive_ptr() noexcept = default;
    constexpr intrusive_ptr(std::nullptr_t) noexcept {} // NOLINT(google-explicit-constructor)
    explicit intrusive_ptr(T* object) noexcept : object_(object) {
        if (object_ != nullptr) object_->acquire();
    }
    intrusive_ptr(const intrusive_ptr& other) noexcept : intrusive_ptr(other.object_) {}
    intrusive_ptr(intrusive_ptr&& other) noexcept
        : object_(std::exchange(other.object_, nullptr)) {}
    template <typename U>
    requires std::is_convertible_v<U*, T*> intrusive_ptr(const intrusive_ptr<U>& other)
    noexcept // NOLINT(google-explicit-constructor)
        : intrusive_ptr(other.get()) {}
    template <typename U>
    requires std::is_convertible_v<U*, T*> intrusive_ptr(intrusive_ptr<U>&& other)
    noexcept // NOLINT(google-explicit-constructor)
        : object_(other.detach()) {}
    // Not one assignment that takes its argument by value: Clang 14 does not destroy such an argument made of {} in some
    // functions, and `pointer = {}` would keep the object alive for ever.
    intrusive_ptr& operator=(const intrusive_ptr& other) noexcept {
        intrusive_ptr taken(other);
        std::swap(object_, taken.object_);
        return *this;
    }
    intrusive_ptr& operator=(intrusive_ptr&& other) noexcept {
        intrusive_ptr taken(std::move(other));
        std::swap(object_, taken.object_);
        return *this;
    }
    ~intrusive_ptr() {
        if (object_ != nullptr) object_->release();
    }

    /// Takes over a reference that was counted already.
    [[nodiscard]] static intrusive_ptr adopt(T* object) noexcept {
        intrusive_ptr taken;
        taken.object_ = object;
        return taken;
    }
    /// Gives the pointer away together with its reference.
    [[nodiscard]] T* detach() noexcept { return std::exchange(object_, nullptr); }

    [[nodiscard]] T* get() const noexcept { return object_; }
    T* operator->() const noexcept { return object_; }
    T& operator*() const noexcept { return *object_; }
    explicit operator bool() const noexcept { return object_ != nullptr; }
    friend bool operator==(const intrusive_ptr& a, const intrusive_ptr& b) noexcept {
        return a.object_ == b.object_;
    }

private:
    T* object_ = nullptr;
};

template <typename T, typename... Args>
[[nodiscard]] intrusive_ptr<T> make_counted(Args&&... args) {
    return intrusive_ptr<T>(new T(std::forward<Args>(args)...));
}

} // namespace beckon
