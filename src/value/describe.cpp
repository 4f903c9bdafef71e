#include "beckon/value/describe.hpp"

#include <cmath>
#include <limits>

#include "beckon/base/assert.hpp"
#include "beckon/schema/check.hpp"
#include "beckon/schema/literal.hpp"

namespace beckon {

namespace {

[[noreturn]] void refuse(const std::string& message) {
    detail::assert_failed("C++ declarations make a schema", message.c_str(), __FILE__, __LINE__);
}

schema::literal make_literal(const value& from) {
    using literal = schema::literal;
    literal made;
    switch (from.kind()) {
    case value_kind::boolean:
        made.form = schema::literal_form::name;
        made.text = from.boolean() ? "true" : "false";
        break;
    case value_kind::integer:
    case value_kind::duration: {
        made.form = from.is(value_kind::integer) ? schema::literal_form::integer
                                                 : schema::literal_form::duration;
        made.negative = from.is_negative();
        if (from.is_uint64()) {
            made.magnitude = from.uint64();
            break;
        }
        const std::int64_t number =
            from.is(value_kind::integer) ? from.int64() : from.duration().count();
        const auto bits = static_cast<std::uint64_t>(number);
        made.magnitude = made.negative ? 0 - bits : bits;
        break;
    }
    case value_kind::floating: {
        const double number = from.float64();
        made.form =
            std::isfinite(number) ? schema::literal_form::number : schema::literal_form::name;
        // Of a float32 its own shortest digits: those of the double would be longer.
        made.text = std::isnan(number)  ? "nan"
                    : from.is_float32() ? concat(static_cast<float>(number))
                                        : concat(number);
        break;
    }
    case value_kind::enumeration:
        made.form = schema::literal_form::name;
        made.text = from.name();
        break;
    case value_kind::string:
        made.form = schema::literal_form::text;
        made.text = from.string();
        break;
    case value_kind::bytes:
        made.form = schema::literal_form::text;
        made.text = as_text(from.bytes());
        break;
    case value_kind::list:
    case value_kind::set:
        made.form = schema::literal_form::list;
        for (const value& item : from.items()) made.items.push_back(make_literal(item));
        break;
    case value_kind::map:
        if (!from.empty()) refuse("only an empty map can be a default");
        made.form = schema::literal_form::empty_map;
        break;
    case value_kind::null: break;
    default: refuse(concat("a ", from.type_name(), " cannot be a default"));
    }
    return made;
}

} // namespace

bool description::begin(std::string_view name, const void* identity) {
    for (const auto& [known, its_identity] : known_) {
        if (known != name) continue;
        if (its_identity != identity) refuse(concat("two C++ types are registered as ", name));
        return false;
    }
    known_.emplace_back(name, identity);
    return true;
}

void description::add_enumeration(std::string_view name, std::span<const std::string_view> names,
                                  std::span<const std::int64_t> numbers) {
    schema::enumeration made;
    made.name = name;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (!std::in_range<std::int32_t>(numbers[i])) {
            refuse(concat("enum ", name, ": ", names[i], " does not fit 32 bits"));
        }
        made.enumerators.push_back(
            {std::string(names[i]), static_cast<std::int32_t>(numbers[i]), {}});
    }
    document_.enumerations.push_back(std::move(made));
}

std::string description::literal_of(const schema::type& type, const value& from,
                                    std::string_view record, std::string_view field) {
    std::string text = schema::to_string(make_literal(from), type);
    if (text.empty()) refuse(concat("record ", record, ", field ", field, ": no such default"));
    return text;
}

schema::document description::finish() && {
    if (const auto sound = schema::validate(document_); !sound) {
        refuse(sound.error().message());
    }
    return std::move(document_);
}

} // namespace beckon
