// What one thread waits for and another tells.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include "beckon/service/context.hpp"
#include "beckon/session/runtime.hpp"

namespace beckon {

template <typename T>
class outcome {
public:
    void give(T told) {
        const std::lock_guard lock(mutex_);
        told_.emplace(std::move(told));
        changed_.notify_all();
    }
    /// Waits; where the program lends its threads to the context, by serving that: else nothing would come.
    T await(context& inside) {
        const bool embedded = inside.runtime()->options().embedded;
        std::unique_lock lock(mutex_);
        while (!told_) {
            if (!embedded) {
                changed_.wait(lock);
                continue;
            }
            lock.unlock();
            inside.serve(std::chrono::milliseconds(20));
            lock.lock();
        }
        return std::move(*told_);
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<T> told_;
};

} // namespace beckon
