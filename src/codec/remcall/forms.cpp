#include "codec/remcall/forms.hpp"

#include <algorithm>
#include <limits>

namespace beckon::remcall {

using schema::kind;

namespace {

constexpr std::size_t most = std::numeric_limits<std::size_t>::max() / 2;
constexpr std::size_t count_bytes = 4; ///< Of a string and of an array.

/// 0 for those that have no width of their own.
[[nodiscard]] std::size_t scalar_bytes(kind of) noexcept {
    switch (of) {
    case kind::boolean:
    case kind::int8:
    case kind::uint8:
    case kind::enumeration: return 1;
    case kind::int16:
    case kind::uint16: return 2;
    case kind::int32:
    case kind::uint32:
    case kind::float32:
    case kind::date: return 4;
    case kind::int64:
    case kind::uint64:
    case kind::float64:
    case kind::time: return 8;
    case kind::datetime: return 12;
    default: return 0;
    }
}

} // namespace

forms::forms(const schema::document& of, std::size_t object_bytes)
    : document_(&of), object_bytes_(object_bytes) {
    for (const schema::record& each : of.records) records_[each.name].declared = &each;
    for (auto& [name, form] : records_) look_into(form, 0);
}

void forms::look_into(record_form& form, std::size_t depth) {
    // Records that hold themselves are refused with the schema; here they only must not be followed for ever.
    if (form.is_known || depth > records_.size()) return;
    std::size_t least = 0;
    std::optional<std::size_t> fixed = 0;
    for (const schema::field& each : form.declared->fields) {
        if (each.type.kind == kind::record) {
            const auto inner = records_.find(each.type.name);
            if (inner != records_.end()) look_into(inner->second, depth + 1);
        }
        least = std::min(most, least + least_bytes(each.type));
        const auto bytes = fixed_bytes(each.type);
        fixed = fixed && bytes ? std::optional(std::min(most, *fixed + *bytes)) : std::nullopt;
    }
    form.least = least;
    form.fixed = fixed;
    form.is_known = true;
}

std::size_t forms::least_bytes(const schema::type& type) const noexcept {
    if (is_reference(type)) return object_bytes_;
    if (type.kind == kind::record) {
        const auto found = records_.find(type.name);
        return found != records_.end() ? found->second.least : 0;
    }
    if (type.kind == kind::string || type.kind == kind::bytes || type.kind == kind::list)
        return count_bytes;
    return scalar_bytes(type.kind);
}

std::optional<std::size_t> forms::fixed_bytes(const schema::type& type) const noexcept {
    if (is_reference(type)) return object_bytes_;
    switch (type.kind) {
    case kind::string:
    case kind::bytes:
    case kind::list: return {};
    case kind::record: {
        const auto found = records_.find(type.name);
        return found != records_.end() ? found->second.fixed : std::nullopt;
    }
    default: return scalar_bytes(type.kind);
    }
}

bool forms::is_extension(const schema::type& type) noexcept {
    switch (type.kind) {
    case kind::boolean:
    case kind::bytes:
    case kind::list:
    case kind::record:
    case kind::date:
    case kind::time:
    case kind::datetime: return true;
    default: return false;
    }
}

bool forms::takes_extension(const schema::method& method) noexcept {
    return std::any_of(method.parameters.begin(), method.parameters.end(),
                       [](const schema::field& each) { return is_extension(each.type); });
}

const schema::record* forms::record(std::string_view name) const noexcept {
    const auto found = records_.find(name);
    return found != records_.end() ? found->second.declared : nullptr;
}

} // namespace beckon::remcall
