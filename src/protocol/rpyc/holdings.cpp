#include "protocol/rpyc/holdings.hpp"

#include <string_view>
#include <vector>

#include "object/held_bytes.hpp"

namespace beckon::rpyc {

namespace {

/// Looking takes as long as there is something to look at: a peer at its limit pays with so many requests for each time,
/// unless it lets something go.
constexpr std::size_t looked_at_by_request = std::size_t{1} << 20;

[[nodiscard]] bool takes_out(const dynamic_request& request) noexcept {
    for (const std::string_view name :
         {"__delitem__", "clear", "discard", "intersection_update", "pop", "popitem", "remove"}) {
        if (request.name == name) return true;
    }
    return request.what == operation::call; // of a method on its own, whose name is not told
}

[[nodiscard]] bool is_container(const servant& object) noexcept {
    const servant::nature what = object.what();
    return what == servant::nature::list || what == servant::nature::map ||
           what == servant::nature::set;
}

} // namespace

void holdings::note(std::uint32_t number, const servant& container) {
    if (!is_container(container) || !numbers_.insert(number).second) return;
    sum_ += detail::held_bytes({intrusive_ptr<servant>(const_cast<servant*>(&container))});
}

void holdings::forget(std::uint32_t number) noexcept {
    loosened_ = numbers_.erase(number) != 0 || loosened_;
}

void holdings::look(reference_exchange& references) {
    std::vector<intrusive_ptr<servant>> held;
    for (auto at = numbers_.begin(); at != numbers_.end();) {
        auto* const object = static_cast<servant*>(references.find_lent(*at));
        if (object == nullptr) {
            at = numbers_.erase(at);
        } else {
            held.emplace_back(object);
            ++at;
        }
    }
    sum_ = detail::held_bytes(std::move(held));
    asked_ = 0;
    loosened_ = false;
    // Not at every request from now on.
    look_at_ = sum_ > most_ ? most_ : sum_ + (most_ - sum_) / 2 + 1;
}

result<void> holdings::admit(const servant& target, const dynamic_request& request,
                             reference_exchange& references) {
    const std::size_t growth = detail::growth_of(target, request);
    ++asked_;
    if (growth == 0) {
        loosened_ = loosened_ || takes_out(request);
        return {};
    }
    if (sum_ + growth > look_at_ && (loosened_ || asked_ >= sum_ / looked_at_by_request))
        look(references);
    if (sum_ + growth > most_) {
        return fail(errc::limit_exceeded, "peer holds containers of ", sum_,
                    " bytes, and asks for up to ", growth, " more; limit is ", most_,
                    " bytes (max_held_bytes)");
    }
    sum_ += growth;
    return {};
}

} // namespace beckon::rpyc
