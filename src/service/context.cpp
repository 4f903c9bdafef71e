#include "beckon/service/context.hpp"

#include <mutex>

#include "beckon/object/exception.hpp"
#include "beckon/session/runtime.hpp"
#include "service/memory_network.hpp"

namespace beckon {

context::context(std::shared_ptr<beckon::runtime> runs)
    : runtime_(std::move(runs)), memory_(make_memory_network()) {}
context::~context() = default;

result<std::shared_ptr<context>> context::create(runtime_options options) {
    BECKON_ASSIGN(auto runs, beckon::runtime::create(options));
    return std::shared_ptr<context>(new context(std::move(runs)));
}

std::size_t context::way_to_speak(const std::string& endpoint) const {
    const std::lock_guard lock(mutex_);
    const auto known = ways_.find(endpoint);
    return known != ways_.end() ? known->second : 0;
}

void context::set_way_to_speak(const std::string& endpoint, std::size_t way) {
    const std::lock_guard lock(mutex_);
    // Programs reach few servers; one that reaches very many begins anew.
    if (ways_.size() >= 4096) ways_.clear();
    ways_[endpoint] = way;
}

std::shared_ptr<context> context::standard() {
    static std::mutex mutex;
    static std::weak_ptr<context> shared;
    const std::lock_guard lock(mutex);
    auto existing = shared.lock();
    if (existing) return existing;
    auto made = create();
    if (!made) throw_error(std::move(made).error());
    shared = *made;
    return std::move(made).value();
}

} // namespace beckon
