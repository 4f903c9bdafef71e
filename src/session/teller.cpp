#include "session/teller.hpp"

#include <array>
#include <cstring>

namespace beckon {

namespace {

/// Outside of the range of MessagePack's extensions and of those of the codecs.
constexpr std::int64_t first_type = 0x746e'0000;
constexpr std::int64_t name_kinds = 4;
constexpr std::size_t most_labels = 65'536;

using number_bytes = std::array<std::byte, 8>;

/// What is perhaps an object has, if it is one, the name that it has elsewhere.
[[nodiscard]] told_name bound_as(told_name kind) noexcept {
    return kind == told_name::perhaps_object ? told_name::object : kind;
}

[[nodiscard]] number_bytes bytes_of(std::uint64_t number) noexcept {
    number_bytes made{};
    std::memcpy(made.data(), &number, made.size());
    return made;
}

} // namespace

value name_in_content(told_name kind, byte_view name) {
    return value::extension(first_type + static_cast<std::int64_t>(kind), name);
}

value name_in_content(told_name kind, std::uint64_t number) {
    return name_in_content(kind, byte_view(bytes_of(number)));
}

std::optional<std::pair<told_name, byte_view>> name_of_content(const value& part) {
    if (!part.is(value_kind::extension)) return {};
    const std::int64_t kind = part.number() - first_type;
    if (kind < 0 || kind >= name_kinds) return {};
    return std::pair(static_cast<told_name>(kind), part.content().bytes());
}

void other_names::bind(told_name kind, byte_view recorded, byte_view actual) {
    names_[{bound_as(kind), bytes(recorded.begin(), recorded.end())}] =
        bytes(actual.begin(), actual.end());
}

std::optional<byte_view> other_names::find(told_name kind, byte_view recorded) const {
    const auto found = names_.find({bound_as(kind), bytes(recorded.begin(), recorded.end())});
    if (found == names_.end()) return {};
    return byte_view(found->second);
}

std::uint64_t other_names::number(told_name kind, std::uint64_t recorded) const {
    const auto found = find(kind, byte_view(bytes_of(recorded)));
    if (!found || found->size() != sizeof recorded) return recorded;
    std::uint64_t actual = 0;
    std::memcpy(&actual, found->data(), sizeof actual);
    return actual;
}

void other_names::bind_call(const value& recorded, value actual) {
    calls_.insert_or_assign(recorded.to_text(), std::move(actual));
}

const value* other_names::find_call(const value& recorded) const {
    const auto found = calls_.find(recorded.to_text());
    return found != calls_.end() ? &found->second : nullptr;
}

std::uint64_t other_names::call(std::uint64_t recorded) const {
    const value* const found = find_call(value(recorded));
    return found != nullptr && found->is_uint64() ? found->uint64() : recorded;
}

std::string told_labels::of(byte_view object, std::string_view what) {
    bytes key(object.begin(), object.end());
    const auto found = labels_.find(key);
    if (found != labels_.end()) return found->second;
    if (labels_.size() >= most_labels) return concat("<", what, ">");
    std::string label = concat("<", what, " ", ++counts_[std::string(what.substr(0, 100))], ">");
    labels_.emplace(std::move(key), label);
    return label;
}

void told_labels::set(byte_view object, std::string label) {
    constexpr std::size_t longest = 200;
    if (labels_.size() >= most_labels || label.size() > longest) return;
    labels_.insert_or_assign(bytes(object.begin(), object.end()), std::move(label));
}

void told_labels::forget(byte_view object) { labels_.erase(bytes(object.begin(), object.end())); }

std::string told_text(const value& what, std::size_t most) { return what.to_text(most); }

std::string told_arguments(const value& arguments, const value& named) {
    constexpr std::size_t most = 400;
    std::string text = "(";
    const auto add = [&](const std::string& each) {
        if (text.size() > most) return;
        if (text.size() > 1) text += ", ";
        text += text.size() + each.size() > most ? std::string("...") : each;
    };
    if (arguments.is_sequence()) {
        for (const value& each : arguments) add(told_text(each));
    } else if (arguments.is(value_kind::map)) {
        for (const auto& [key, mapped] : arguments.entries()) {
            const std::string name =
                key.is(value_kind::string) ? std::string(key.string()) : told_text(key);
            add(concat(name, "=", told_text(mapped)));
        }
    } else if (!arguments.is_null()) {
        add(told_text(arguments));
    }
    if (named.is(value_kind::map)) {
        for (const auto& [key, mapped] : named.entries()) {
            const std::string name =
                key.is(value_kind::string) ? std::string(key.string()) : told_text(key);
            add(concat(name, "=", told_text(mapped)));
        }
    }
    return text + ")";
}

} // namespace beckon
