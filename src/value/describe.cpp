#include "beckon/value/describe.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <limits>
#include <mutex>

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

/// Whether it holds the value `null` of an enum where that would be read as nothing.
bool is_read_as_nothing(const schema::type& type, const schema::literal& from) {
    if (type.kind == schema::kind::optional) {
        return (from.form == schema::literal_form::name && from.text == "null") ||
               is_read_as_nothing(type.arguments[0], from);
    }
    return type.kind == schema::kind::list &&
           std::ranges::any_of(from.items, [&type](const schema::literal& item) {
               return is_read_as_nothing(type.arguments[0], item);
           });
}

// The literal of a default is made when all enumerations of its type are there.
std::string literal_of(const schema::type& type, const value& from, std::string_view record,
                       std::string_view field) {
    const schema::literal made = make_literal(from);
    const std::string text = is_read_as_nothing(type, made) ? "" : schema::to_string(made, type);
    if (text.empty()) refuse(concat("record ", record, ", field ", field, ": no such default"));
    return text;
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

schema::type description::type(const detail::type_plan& plan) {
    if (plan.describe != nullptr) return plan.describe(*this);
    schema::type made;
    made.kind = plan.kind;
    made.name = plan.name;
    if (plan.declare != nullptr) plan.declare(*this);
    if (plan.case_names != nullptr) {
        const auto names = plan.case_names();
        made.case_names.assign(names.begin(), names.end());
    }
    made.arguments.reserve(plan.argument_count);
    for (std::size_t i = 0; i < plan.argument_count; ++i)
        made.arguments.push_back(type(*plan.arguments[i]));
    return made;
}

void description::add_enumeration(std::string_view name, const void* identity,
                                  std::span<const std::string_view> names,
                                  std::span<const std::int64_t> numbers) {
    if (!begin(name, identity)) return;
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

schema::record description::make_record(const detail::record_plan& plan) {
    std::vector<std::optional<value>> defaults(plan.field_names.size());
    if (plan.defaults != nullptr) plan.defaults(defaults);
    schema::record made;
    made.name = plan.name;
    for (std::size_t i = 0; i < plan.field_names.size(); ++i) {
        schema::field& field = made.fields.emplace_back();
        field.name = plan.field_names[i];
        field.type = type(*plan.field_types[i]);
        if (defaults[i])
            field.default_value = literal_of(field.type, *defaults[i], plan.name, field.name);
    }
    return made;
}

void description::add_record(const detail::record_plan& plan) {
    if (!begin(plan.name, plan.identity)) return;
    schema::record made = make_record(plan); // adds what it needs before itself
    document_.records.push_back(std::move(made));
}

void description::add_exception(const detail::record_plan& plan) {
    if (!begin(plan.name, plan.identity)) return;
    schema::record made = make_record(plan);
    document_.exceptions.push_back(std::move(made));
}

schema::method description::make_method(const detail::method_plan& plan,
                                        const std::vector<std::string>& raises) {
    schema::method made;
    made.name = plan.name;
    for (std::size_t i = 0; i < plan.parameter_names.size(); ++i) {
        schema::field& parameter = made.parameters.emplace_back();
        parameter.name = plan.parameter_names[i];
        parameter.type = type(*plan.parameter_types[i]);
    }
    made.result = type(*plan.result);
    made.oneway = plan.oneway;
    made.idempotent = plan.idempotent;
    if (plan.command >= 0) made.command = static_cast<std::uint16_t>(plan.command);
    if (!made.oneway) made.raises = raises;
    return made;
}

void description::add_interface(const detail::interface_plan& plan) {
    if (!begin(plan.name, plan.identity)) return;
    std::vector<std::string> raises;
    for (std::size_t i = 0; i < plan.raise_count; ++i) raises.emplace_back(plan.raises[i]->name);
    for (std::size_t i = 0; i < plan.raise_count; ++i) add_exception(*plan.raises[i]);
    schema::interface made;
    made.name = plan.name;
    for (const detail::method_plan& each : plan.methods)
        made.methods.push_back(make_method(each, raises));
    document_.interfaces.push_back(std::move(made));
}

schema::document description::finish() && {
    if (const auto sound = schema::validate(document_); !sound) {
        refuse(sound.error().message());
    }
    return std::move(document_);
}

namespace {

struct made_document {
    const detail::interface_plan* plan;
    schema::document document;
    const made_document* next;
};

} // namespace

const schema::document& detail::document_of(const interface_plan& plan) {
    // As many as the program declares interfaces, and never freed: references to them may outlive every other object
    // of static lifetime. Each call of a dynamic protocol asks, so who only reads takes no lock.
    static constinit std::array<std::atomic<const made_document*>, 64> lists{};
    static constinit std::mutex mutex;
    auto& list = lists[reinterpret_cast<std::uintptr_t>(&plan) / alignof(interface_plan) % 64];
    const auto find = [&](std::memory_order order) {
        const made_document* each = list.load(order);
        while (each != nullptr && each->plan != &plan) each = each->next;
        return each;
    };
    if (const made_document* const known = find(std::memory_order_acquire)) return known->document;
    const std::lock_guard lock(mutex);
    if (const made_document* const known = find(std::memory_order_relaxed)) return known->document;
    description into;
    into.add_interface(plan);
    const auto* const made =
        new made_document{&plan, std::move(into).finish(), list.load(std::memory_order_relaxed)};
    list.store(made, std::memory_order_release);
    return made->document;
}

} // namespace beckon
