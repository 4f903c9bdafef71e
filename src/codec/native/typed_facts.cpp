#include "codec/native/typed_facts.hpp"

#include <charconv>
#include <limits>

#include "beckon/base/text.hpp"
#include "beckon/schema/literal.hpp"
#include "value/node.hpp"

namespace beckon::native {

namespace {

using schema::kind;
using schema::literal;
using schema::literal_form;

constexpr std::size_t longest_key = 40;
constexpr std::size_t longest_path = 240;

template <typename Float>
Float float_of(const literal& from) {
    if (from.form == literal_form::integer) {
        const auto magnitude = static_cast<Float>(from.magnitude);
        return from.negative ? -magnitude : magnitude;
    }
    if (from.text == "nan") return std::numeric_limits<Float>::quiet_NaN();
    if (from.text == "inf") return std::numeric_limits<Float>::infinity();
    if (from.text == "-inf") return -std::numeric_limits<Float>::infinity();
    Float number = 0;
    std::from_chars(from.text.data(), from.text.data() + from.text.size(), number);
    return number;
}

// REQUIRES: the literal fits the type.
value value_of(const schema::document& document, const schema::type& type, const literal& from) {
    if (from.form == literal_form::null) return {};
    const auto signed_number =
        static_cast<std::int64_t>(from.negative ? 0 - from.magnitude : from.magnitude);
    switch (type.kind) {
    case kind::optional: return value_of(document, type.arguments[0], from);
    case kind::boolean: return value(from.text == "true");
    case kind::float32: return value(float_of<float>(from));
    case kind::float64: return value(float_of<double>(from));
    case kind::string: return value(from.text);
    case kind::bytes: return value(as_bytes(from.text));
    case kind::duration: return value(duration(signed_number));
    case kind::map: return value::map();
    case kind::list: {
        std::vector<value> items;
        items.reserve(from.items.size());
        for (const literal& item : from.items) {
            items.push_back(value_of(document, type.arguments[0], item));
        }
        return value::list(std::move(items));
    }
    case kind::enumeration: {
        const schema::enumeration* const declared = document.find_enumeration(type.name);
        for (const schema::enumerator& each : declared->enumerators) {
            if (each.name == from.text) {
                return value::enumeration(declared->name, each.name, each.number);
            }
        }
        return {};
    }
    default: return from.negative ? value(signed_number) : value(from.magnitude);
    }
}

result<value> parse_default(const schema::document& document, const schema::field& field) {
    BECKON_ASSIGN(const literal parsed, schema::parse_literal(field.default_value));
    BECKON_TRY(schema::fits(document, field.type, parsed));
    return value_of(document, field.type, parsed);
}

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
    return defaults_.emplace(&field, parse_default(document_, field)).first->second;
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
