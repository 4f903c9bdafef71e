#include "codec/native/typed_facts.hpp"

#include "beckon/base/text.hpp"
#include "beckon/value/coerce.hpp"
#include "value/node.hpp"

namespace beckon::native {

namespace {

using schema::kind;

constexpr std::size_t longest_key = 40;
constexpr std::size_t longest_path = 240;

} // namespace

type_facts::facts& type_facts::find(const schema::type& type) {
    const auto [found, is_new] = types_.try_emplace(&type);
    if (is_new && type.kind == kind::record) {
        found->second.record = document_.find_record(type.name);
        if (found->second.record == nullptr) {
            found->second.record = document_.find_exception(type.name);
        }
    } else if (is_new && type.kind == kind::enumeration) {
        found->second.enumeration = document_.find_enumeration(type.name);
    }
    return found->second;
}

const schema::record* type_facts::record(const schema::type& type) { return find(type).record; }

const schema::enumeration* type_facts::enumeration(const schema::type& type) {
    return find(type).enumeration;
}

std::size_t type_facts::min_size(const schema::type& type) {
    switch (type.kind) {
    case kind::void_: return 0;
    case kind::boolean:
    case kind::int8:
    case kind::uint8:
    case kind::any:
    case kind::optional:
    case kind::variant:
    case kind::interface: return 1;
    case kind::int16:
    case kind::uint16: return 2;
    case kind::int64:
    case kind::uint64:
    case kind::float64:
    case kind::time:
    case kind::duration: return 8;
    case kind::datetime: return 12;
    case kind::stream: return 0; // the session knows
    case kind::tuple: {
        if (const auto& known = find(type).min_size) return *known;
        std::size_t sum = 0;
        for (const schema::type& each : type.arguments) sum += min_size(each);
        find(type).min_size = sum;
        return sum;
    }
    default: return 4;
    }
}

const result<value>& type_facts::default_of(const schema::field& field) {
    const auto known = defaults_.find(&field);
    if (known != defaults_.end()) return known->second;
    return defaults_.emplace(&field, default_value(document_, field)).first->second;
}

value type_facts::name(const std::string& declared) {
    if (declared.size() <= beckon::detail::max_small_text) return value(declared);
    const auto known = names_.find(&declared);
    if (known != names_.end()) return known->second;
    return names_.emplace(&declared, value(declared)).first->second;
}

void path_text::entry(const value& key) {
    if (key.is(value_kind::string)) {
        text_ += concat('[', quoted(key.string(), longest_key), ']');
    } else {
        text_ += concat('[', key.to_text(longest_key), ']');
    }
}

std::string path_text::of(const schema::type& root) const {
    if (text_.empty()) return to_string(root);
    const bool is_field = text_.front() == '.';
    std::string path = is_field ? text_.substr(1) : text_;
    if (path.size() > longest_path) {
        path = concat(path.substr(0, longest_path / 2), "...",
                      path.substr(path.size() - longest_path / 2));
    }
    return concat(is_field ? "field " : "item ", path, " of ", to_string(root));
}

} // namespace beckon::native
