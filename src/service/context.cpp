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
    BECKON_ASSIGN(auto runs, beckon::runtime::create(std::move(options)));
    return std::shared_ptr<context>(new context(std::move(runs)));
}

bool context::serve(nanoseconds at_most) {
    auto ran = runtime_->serve(at_most);
    if (!ran) throw_error(std::move(ran).error());
    return *ran != 0;
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

void context::try_next_way_to_speak(const std::string& endpoint) {
    set_way_to_speak(endpoint, way_to_speak(endpoint) + 1);
}

void context::add_transport(std::string name, own_transport made) {
    const std::lock_guard lock(mutex_);
    transports_.insert_or_assign(std::move(name),
                                 std::make_shared<const own_transport>(std::move(made)));
}

std::shared_ptr<const own_transport> context::find_transport(std::string_view name) const {
    const std::lock_guard lock(mutex_);
    const auto found = transports_.find(name);
    return found != transports_.end() ? found->second : nullptr;
}

void context::add_shorthand(std::string name,
                            std::function<std::string(std::string_view parameters)> meaning) {
    const std::lock_guard lock(mutex_);
    shorthands_.insert_or_assign(std::move(name), std::move(meaning));
}

bool context::has_shorthand(std::string_view name) const {
    const std::lock_guard lock(mutex_);
    return shorthands_.contains(name);
}

std::optional<std::string> context::expand(std::string_view name,
                                           std::string_view parameters) const {
    std::function<std::string(std::string_view)> meaning;
    {
        const std::lock_guard lock(mutex_);
        const auto found = shorthands_.find(name);
        if (found == shorthands_.end()) return {};
        meaning = found->second;
    }
    return meaning(parameters);
}

void context::add_codec(std::string name, own_codec made) {
    const std::lock_guard lock(mutex_);
    codecs_.insert_or_assign(std::move(name), std::move(made));
}

own_codec context::find_codec(std::string_view name) const {
    const std::lock_guard lock(mutex_);
    const auto found = codecs_.find(name);
    return found != codecs_.end() ? found->second : nullptr;
}

void context::add_security(std::string name, own_security made) {
    const std::lock_guard lock(mutex_);
    securities_.insert_or_assign(std::move(name), std::move(made));
}

own_security context::find_security(std::string_view name) const {
    const std::lock_guard lock(mutex_);
    const auto found = securities_.find(name);
    return found != securities_.end() ? found->second : nullptr;
}

std::shared_ptr<context> context::standard() {
    static std::mutex mutex;
    static auto& shared = *new std::weak_ptr<context>; // threads may outlive statics
    const std::lock_guard lock(mutex);
    auto existing = shared.lock();
    if (existing) return existing;
    auto made = create();
    if (!made) throw_error(std::move(made).error());
    shared = *made;
    return std::move(made).value();
}

} // namespace beckon
