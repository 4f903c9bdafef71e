#include <algorithm>
#include <bit>

#include "beckon/codec/basic/serializers.hpp"
#include "beckon/value/coerce.hpp"
#include "protocol/basic/typed.hpp"

namespace beckon::basic {

namespace {

using schema::kind;

class writer {
public:
    writer(buffer& out, const schema::document& in) noexcept : out_(out), in_(in) {}

    [[nodiscard]] result<void> write(const value& from, const schema::type& as) {
        switch (as.kind) {
        case kind::void_: return from.is_null() ? result<void>() : misfit(from, as);
        case kind::boolean:
            if (!from.is(value_kind::boolean)) return misfit(from, as);
            put_number(out_, from.boolean() ? 1 : 0, 1);
            return {};
        case kind::int8: return write_signed<std::int8_t>(from, as);
        case kind::int16: return write_signed<std::int16_t>(from, as);
        case kind::int32: return write_signed<std::int32_t>(from, as);
        case kind::int64: return write_signed<std::int64_t>(from, as);
        case kind::uint8: return write_unsigned<std::uint8_t>(from, as);
        case kind::uint16: return write_unsigned<std::uint16_t>(from, as);
        case kind::uint32: return write_unsigned<std::uint32_t>(from, as);
        case kind::uint64: return write_unsigned<std::uint64_t>(from, as);
        case kind::float32:
        case kind::float64: return write_float(from, as);
        case kind::string:
            if (!from.is(value_kind::string)) return misfit(from, as);
            return put_text(out_, from.string());
        case kind::bytes:
            if (!from.is(value_kind::bytes)) return misfit(from, as);
            return put_bytes(out_, from.bytes());
        case kind::enumeration: return write_enumeration(from, as);
        case kind::record: return write_record(from, as);
        case kind::optional:
            if (from.is_null()) return write_array({}, as.arguments[0]);
            return write_array({&from, 1}, as.arguments[0]);
        case kind::list:
            if (!from.is_sequence()) return misfit(from, as);
            return write_array(from.items(), as.arguments[0]);
        case kind::map: return write_map(from, as);
        case kind::tuple: return write_tuple(from, as);
        case kind::variant: return write_variant(from, as);
        default: return fail(errc::unsupported, schema::to_string(as), " has no form");
        }
    }

private:
    [[nodiscard]] static error misfit(const value& from, const schema::type& as) {
        return fail(errc::type_mismatch, "expected ", schema::to_string(as), ", found ",
                    from.type_name());
    }
    template <typename T>
    [[nodiscard]] result<void> write_signed(const value& from, const schema::type& as) {
        if (!from.is(value_kind::integer)) return misfit(from, as);
        if (!from.is_int64()) return overflow(false);
        return integer_form<T>{""}.write(out_, from.int64());
    }
    template <typename T>
    [[nodiscard]] result<void> write_unsigned(const value& from, const schema::type& as) {
        if (!from.is(value_kind::integer)) return misfit(from, as);
        if (!from.is_uint64()) return overflow(from.is_negative());
        return integer_form<T>{""}.write(out_, from.uint64());
    }
    [[nodiscard]] result<void> write_float(const value& from, const schema::type& as) {
        if (!from.is(value_kind::floating)) return misfit(from, as);
        if (as.kind == kind::float64) return f64.write(out_, from.float64());
        return f32.write(out_, static_cast<float>(from.float64()));
    }
    [[nodiscard]] result<void> write_enumeration(const value& from, const schema::type& as) {
        const auto* const known = in_.find_enumeration(as.name);
        if (known == nullptr || !from.is(value_kind::enumeration)) return misfit(from, as);
        const auto found = std::find_if(known->enumerators.begin(), known->enumerators.end(),
                                        [&](const auto& each) { return each.name == from.name(); });
        if (found == known->enumerators.end()) return misfit(from, as);
        put_number(out_, static_cast<std::uint64_t>(found - known->enumerators.begin()), 4);
        return {};
    }
    [[nodiscard]] result<void> write_record(const value& from, const schema::type& as) {
        const auto* const known = in_.find_record(as.name);
        if (known == nullptr || !from.is(value_kind::record)) return misfit(from, as);
        for (const schema::field& field : known->fields) {
            const value* const content = from.find(field.name);
            if (content == nullptr) return misfit(from, as);
            if (auto done = write(*content, field.type); !done)
                return done.error().note(concat("writing ", as.name, '.', field.name));
        }
        return {};
    }
    /// The elements stand before, between which sizes and number are known.
    template <typename Write>
    [[nodiscard]] result<void> write_sized(std::size_t count, const Write& write_elements) {
        const std::size_t begin = out_.size();
        put_number(out_, 0, 8);
        BECKON_TRY(write_elements());
        BECKON_TRY(fill_size(out_, begin, out_.size() - begin - 4));
        return fill_size(out_, begin + 4, count);
    }
    [[nodiscard]] result<void> write_array(std::span<const value> items, const schema::type& as) {
        return write_sized(items.size(), [&]() -> result<void> {
            for (const value& each : items) BECKON_TRY(write(each, as));
            return {};
        });
    }
    [[nodiscard]] result<void> write_map(const value& from, const schema::type& as) {
        if (!from.is(value_kind::map)) return misfit(from, as);
        return write_sized(from.size(), [&]() -> result<void> {
            for (const map_entry& each : from.entries()) {
                BECKON_TRY(write(each.key, as.arguments[0]));
                BECKON_TRY(write(each.mapped, as.arguments[1]));
            }
            return {};
        });
    }
    [[nodiscard]] result<void> write_tuple(const value& from, const schema::type& as) {
        if (!from.is_sequence() || from.size() != as.arguments.size()) return misfit(from, as);
        for (std::size_t i = 0; i < as.arguments.size(); ++i)
            BECKON_TRY(write(from[i], as.arguments[i]));
        return {};
    }
    [[nodiscard]] result<void> write_variant(const value& from, const schema::type& as) {
        if (!from.is(value_kind::variant)) return misfit(from, as);
        const auto found = std::find(as.case_names.begin(), as.case_names.end(), from.name());
        if (found == as.case_names.end()) return misfit(from, as);
        const auto index = static_cast<std::size_t>(found - as.case_names.begin());
        BECKON_TRY(u8.write(out_, index));
        return write(from.content(), as.arguments[index]);
    }

    buffer& out_;
    const schema::document& in_;
};

/// "Item.at: any"; empty where the type has a form. `seen` are the records that have been looked into.
[[nodiscard]] std::string without_form(const schema::type& type, const schema::document& in,
                                       std::vector<std::string>& seen) {
    switch (type.kind) {
    case kind::any:
    case kind::interface:
    case kind::stream:
    case kind::date:
    case kind::time:
    case kind::datetime:
    case kind::duration: return schema::to_string(type);
    case kind::record: {
        if (std::find(seen.begin(), seen.end(), type.name) != seen.end()) return {};
        seen.push_back(type.name);
        const auto* const known = in.find_record(type.name);
        if (known == nullptr) return type.name;
        for (const schema::field& field : known->fields) {
            const std::string inside = without_form(field.type, in, seen);
            if (!inside.empty()) return concat(inside, " in ", type.name, '.', field.name);
        }
        return {};
    }
    case kind::variant:
        if (type.arguments.size() > 256) return schema::to_string(type);
        break;
    default: break;
    }
    for (const schema::type& each : type.arguments) {
        std::string inside = without_form(each, in, seen);
        if (!inside.empty()) return inside;
    }
    return {};
}

} // namespace

std::optional<std::string> first_without_form(const schema::method& method,
                                              const schema::document& in) {
    std::vector<std::string> seen;
    for (const schema::field& each : method.parameters) {
        const std::string found = without_form(each.type, in, seen);
        if (!found.empty()) return concat("argument ", each.name, " is ", found);
    }
    const std::string found = without_form(method.result, in, seen);
    if (!found.empty()) return concat("the result is ", found);
    return {};
}

result<void> write_typed(buffer& out, const value& from, const schema::type& as,
                         const schema::document& in) {
    const std::size_t begin = out.size();
    auto done = writer(out, in).write(from, as);
    if (done) return done;
    out.truncate(begin);
    if (done.error().code() != errc::type_mismatch) return done;
    // What only stands for a value of the type, as text for an enumeration.
    BECKON_ASSIGN(const value fitting, coerce(from, in, as));
    done = writer(out, in).write(fitting, as);
    if (!done) out.truncate(begin);
    return done;
}

} // namespace beckon::basic
