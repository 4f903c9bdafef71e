// What connections and servers of a program share: threads, the in-process network, the log.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "beckon/base/result.hpp"
#include "beckon/session/runtime_options.hpp"

namespace beckon {

class runtime; // session/runtime.hpp, for programs that embed it

namespace transport::memory {
class network;
}

/// Shared by reference. A program that says nothing uses the default one, which lives while anything of it is in use.
///
/// Thread-safety: all functions, from any thread.
class context {
public:
    [[nodiscard]] static result<std::shared_ptr<context>> create(runtime_options options = {});
    /// The one that `connect` and `server` use where they are given none. Throws where the system has no descriptors left.
    [[nodiscard]] static std::shared_ptr<context> standard();

    ~context();
    context(const context&) = delete;
    context& operator=(const context&) = delete;

    [[nodiscard]] const std::shared_ptr<beckon::runtime>& runtime() const noexcept {
        return runtime_;
    }
    /// Which of several ways of speaking its protocol a server was found to understand; 0 where nothing is known.
    [[nodiscard]] std::size_t way_to_speak(const std::string& endpoint) const;
    void set_way_to_speak(const std::string& endpoint, std::size_t way);
    /// Where `memory:` endpoints are.
    [[nodiscard]] transport::memory::network& memory() const noexcept { return *memory_; }

private:
    explicit context(std::shared_ptr<beckon::runtime> runs);
    std::shared_ptr<beckon::runtime> runtime_;
    std::shared_ptr<transport::memory::network>
        memory_; // shared: only connect.cpp knows what it is
    mutable std::mutex mutex_;
    std::map<std::string, std::size_t> ways_;
};

} // namespace beckon
