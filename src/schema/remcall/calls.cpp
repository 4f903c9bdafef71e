#include "beckon/schema/remcall/calls.hpp"

#include <algorithm>

#include "schema/remcall/order.hpp"

namespace beckon::schema::remcall {

call_numbers::call_numbers(const document& document) {
    numbers_.reserve(document.interfaces.size());
    for (std::size_t i = 0; i < document.interfaces.size(); ++i) {
        const auto& methods = document.interfaces[i].methods;
        auto& numbers = numbers_.emplace_back(methods.size());
        for (const std::uint32_t method : sorted_order(methods)) {
            numbers[method] = places_.size();
            places_.push_back({static_cast<std::uint32_t>(i), method});
        }
    }
}

const method_place* call_numbers::find(std::uint64_t number) const noexcept {
    return number < places_.size() ? &places_[static_cast<std::size_t>(number)] : nullptr;
}

std::uint64_t call_numbers::number_of(const method_place& place) const noexcept {
    return numbers_[place.interface][place.method];
}

std::optional<method_place> find_method(const document& document, std::string_view interface,
                                        std::string_view method) noexcept {
    for (std::size_t i = 0; i < document.interfaces.size(); ++i) {
        if (document.interfaces[i].name != interface) continue;
        const auto& methods = document.interfaces[i].methods;
        const auto found = std::ranges::find(methods, method, &remcall::method::name);
        if (found == methods.end()) continue;
        return method_place{static_cast<std::uint32_t>(i),
                            static_cast<std::uint32_t>(found - methods.begin())};
    }
    return std::nullopt;
}

std::optional<std::uint32_t> main_interface(const document& document) noexcept {
    const auto found = std::ranges::find(document.interfaces, main_name, &interface::name);
    if (found == document.interfaces.end()) return std::nullopt;
    return static_cast<std::uint32_t>(found - document.interfaces.begin());
}

} // namespace beckon::schema::remcall
