#include "object/bound_method.hpp"

#include <array>
#include <cstring>
#include <functional>
#include <random>
#include <span>

#include "beckon/base/sha256.hpp"
#include "object/own_call.hpp"
#include "object/python_words.hpp"

namespace beckon::detail {

void bound_method::dispatch(incoming_call& call) noexcept {
    call.reject(fail(errc::unsupported, "method ", name_, " has no interface"));
}

intrusive_ptr<servant> bound_method::acting(dynamic_request& request) noexcept {
    if (!is_own_call(request)) return intrusive_ptr<servant>(this);
    request.what = operation::call_method;
    request.name = name_;
    return of_;
}

void bound_method::perform(incoming_call& call) noexcept {
    dynamic_request& request = *call.request;
    if (request.what == operation::call_method && request.name == "__format__") {
        if (auto fits = take_format(request, interface_name()); !fits)
            return call.reject(std::move(fits).error());
    }
    switch (request.what) {
    case operation::get_attribute:
        if (request.name == "__doc__") return call.reply_value(doc_);
        if (request.name == "__name__") return call.reply_value(value(name_));
        break;
    case operation::describe:
        return call.reply_value(value::list({value::tuple({value("__call__"), doc_})}));
    case operation::to_text:
    case operation::to_repr:
        return call.reply_value(value(concat("<method ", name_, " of ", object_text(*of_), '>')));
    case operation::hash: return call.reply_value(value(hash()));
    default: break;
    }
    servant::perform(call);
}

std::int64_t bound_method::hash() const {
    const auto mixed = static_cast<std::uint64_t>(identity_hash(*of_)) ^
                       static_cast<std::uint64_t>(std::hash<std::string_view>{}(name_));
    return static_cast<std::int64_t>(mixed);
}

bool same_object(const servant& one, const value& other) noexcept {
    if (!other.is(value_kind::reference)) return false;
    if (other.object() == &one) return true;
    if (one.what() != servant::nature::method) return false;
    const auto* const mine = dynamic_cast<const bound_method*>(&one);
    const auto* const theirs = dynamic_cast<const bound_method*>(other.object());
    return mine != nullptr && theirs != nullptr && mine->same(*theirs);
}

std::int64_t identity_hash(const servant& of) {
    struct secret {
        std::array<std::uint32_t, 8> noise{};
        secret() {
            std::random_device device;
            for (std::uint32_t& each : noise) each = device();
        }
    };
    static const secret kept;
    struct {
        std::array<std::uint32_t, 8> noise;
        const servant* object;
    } const mixed{kept.noise, &of};
    const digest sum = sha256(std::as_bytes(std::span(&mixed, 1)));
    std::int64_t hash = 0;
    std::memcpy(&hash, sum.data(), sizeof hash);
    return hash;
}

std::string object_text(const servant& of) {
    return concat('<', of.interface_name().empty() ? "object" : of.interface_name(), " object>");
}

} // namespace beckon::detail
