// Buffers that readers read into: shared by all connections, so that an idle connection has none.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace beckon {

/// 64 KiB for the time of a scope. Each thread keeps a few; nested reads on one thread get one each, since the calls below
/// may still look into theirs.
class input_buffer {
public:
    static constexpr std::size_t size = 64u << 10;

    input_buffer() {
        auto& kept = pool();
        if (kept.empty()) {
            memory_ = std::make_unique_for_overwrite<block>();
        } else {
            memory_ = std::move(kept.back());
            kept.pop_back();
        }
    }
    ~input_buffer() {
        auto& kept = pool();
        if (kept.size() < 4) kept.push_back(std::move(memory_));
    }
    input_buffer(const input_buffer&) = delete;
    input_buffer& operator=(const input_buffer&) = delete;

    [[nodiscard]] std::span<std::byte> all() noexcept { return {memory_->bytes, size}; }

private:
    struct block {
        alignas(64) std::byte bytes[size];
    };
    static std::vector<std::unique_ptr<block>>& pool() {
        thread_local std::vector<std::unique_ptr<block>> kept;
        return kept;
    }
    std::unique_ptr<block> memory_;
};

} // namespace beckon
