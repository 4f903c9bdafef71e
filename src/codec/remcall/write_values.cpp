#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <span>

#include "beckon/base/utf8.hpp"
#include "beckon/value/coerce.hpp"
#include "codec/remcall/numbers.hpp"
#include "codec/remcall/values.hpp"

namespace beckon::remcall {

namespace {

using schema::kind;

constexpr std::uint64_t nanoseconds_of_a_day = 86'400'000'000'000;

class writer {
public:
    writer(buffer& out, const forms& with, object_forms& objects) noexcept
        : out_(out), forms_(with), objects_(objects) {}

    [[nodiscard]] result<void> write(const value& from, const schema::type& as) {
        if (is_reference(as)) return write_reference(from, as);
        switch (as.kind) {
        case kind::void_: return from.is_null() ? result<void>() : misfit(from, as);
        case kind::boolean:
            if (!from.is(value_kind::boolean)) return misfit(from, as);
            put_number(out_, from.boolean() ? 1 : 0, 1);
            return {};
        case kind::int8: return write_integer<std::int8_t>(from, as);
        case kind::int16: return write_integer<std::int16_t>(from, as);
        case kind::int32: return write_integer<std::int32_t>(from, as);
        case kind::int64: return write_integer<std::int64_t>(from, as);
        case kind::uint8: return write_integer<std::uint8_t>(from, as);
        case kind::uint16: return write_integer<std::uint16_t>(from, as);
        case kind::uint32: return write_integer<std::uint32_t>(from, as);
        case kind::uint64: return write_integer<std::uint64_t>(from, as);
        case kind::float32: return write_float32(from, as);
        case kind::float64:
            if (!from.is(value_kind::floating)) return misfit(from, as);
            put_number(out_,
                       std::isnan(from.float64()) ? 0x7ff8'0000'0000'0000u
                                                  : std::bit_cast<std::uint64_t>(from.float64()),
                       8);
            return {};
        case kind::string: return write_string(from, as);
        case kind::bytes:
            if (!from.is(value_kind::bytes)) return misfit(from, as);
            return write_counted(from.bytes(), as);
        case kind::date:
            if (!from.is(value_kind::date)) return misfit(from, as);
            return write_date(from.date());
        case kind::time:
            if (!from.is(value_kind::time)) return misfit(from, as);
            return write_time(from.time(), as);
        case kind::datetime:
            if (!from.is(value_kind::datetime)) return misfit(from, as);
            BECKON_TRY(write_date(from.datetime().date));
            return write_time(from.datetime().time, as);
        case kind::enumeration: return write_enumeration(from, as);
        case kind::record: return write_record(from, as);
        case kind::list: return write_list(from, as);
        default: return fail(errc::unsupported, "remcall cannot carry ", schema::to_string(as));
        }
    }

private:
    [[nodiscard]] static error misfit(const value& from, const schema::type& as) {
        return fail(errc::type_mismatch, "expected ", schema::to_string(as), ", found ",
                    from.type_name());
    }
    template <typename T>
    [[nodiscard]] result<void> write_integer(const value& from, const schema::type& as) {
        if (!from.is(value_kind::integer)) return misfit(from, as);
        const bool fits = from.is_int64() ? std::in_range<T>(from.int64())
                                          : from.is_uint64() && std::in_range<T>(from.uint64());
        if (!fits) return beyond(from, as);
        put_number(out_, from.is_int64() ? static_cast<std::uint64_t>(from.int64()) : from.uint64(),
                   sizeof(T));
        return {};
    }
    [[nodiscard]] static error beyond(const value& from, const schema::type& as) {
        return fail(errc::type_mismatch, "expected ", schema::to_string(as), ", found ",
                    from.to_text(40), ", which is beyond it");
    }
    [[nodiscard]] result<void> write_float32(const value& from, const schema::type& as) {
        if (!from.is(value_kind::floating)) return misfit(from, as);
        const double wide = from.float64();
        const auto number = static_cast<float>(wide);
        if (std::isinf(number) && !std::isinf(wide)) return beyond(from, as);
        put_number(out_, std::isnan(wide) ? 0x7fc0'0000u : std::bit_cast<std::uint32_t>(number), 4);
        return {};
    }
    [[nodiscard]] result<void> write_counted(byte_view content, const schema::type& as) {
        if (content.size() > UINT32_MAX) {
            return fail(errc::limit_exceeded, schema::to_string(as), " of ", content.size(),
                        " bytes; remcall counts to ", UINT32_MAX);
        }
        put_number(out_, content.size(), 4);
        out_.append(content);
        return {};
    }
    [[nodiscard]] result<void> write_string(const value& from, const schema::type& as) {
        if (!from.is(value_kind::string)) return misfit(from, as);
        const std::size_t bad = utf8_error_offset(from.string());
        if (bad != from.string().size()) {
            return fail(errc::type_mismatch, "expected string of utf-8, found ",
                        to_hex(as_bytes(from.string()).subspan(bad, 1)), " at its byte ", bad);
        }
        return write_counted(as_bytes(from.string()), as);
    }
    [[nodiscard]] result<void> write_date(date day) {
        put_number(out_, static_cast<std::uint64_t>(std::int64_t{day.days}), 4);
        return {};
    }
    [[nodiscard]] result<void> write_time(time_of_day time, const schema::type& as) {
        if (time.nanoseconds >= nanoseconds_of_a_day) return beyond(value(time), as);
        put_number(out_, time.nanoseconds, 8);
        return {};
    }
    [[nodiscard]] result<void> write_enumeration(const value& from, const schema::type& as) {
        const auto* const known = forms_.enumeration(as.name);
        if (known == nullptr || !from.is(value_kind::enumeration)) return misfit(from, as);
        const auto found = std::find_if(known->enumerators.begin(), known->enumerators.end(),
                                        [&](const auto& each) { return each.name == from.name(); });
        if (found == known->enumerators.end()) return misfit(from, as);
        put_number(out_, static_cast<std::uint64_t>(found - known->enumerators.begin()), 1);
        return {};
    }
    [[nodiscard]] result<void> write_record(const value& from, const schema::type& as) {
        const schema::record* const known = forms_.record(as.name);
        if (known == nullptr || !from.is(value_kind::record)) return misfit(from, as);
        for (const schema::field& field : known->fields) {
            const value* const content = from.find(field.name);
            if (content == nullptr) return misfit(from, as);
            if (auto done = write(*content, field.type); !done)
                return done.error().note(concat("writing ", as.name, '.', field.name));
        }
        return {};
    }
    [[nodiscard]] result<void> write_list(const value& from, const schema::type& as) {
        if (!from.is_sequence()) return misfit(from, as);
        put_number(out_, from.size(), 4);
        for (const value& each : from.items()) BECKON_TRY(write(each, as.arguments[0]));
        return {};
    }
    [[nodiscard]] result<void> write_reference(const value& from, const schema::type& as) {
        std::int64_t number = 0;
        if (!from.is_null()) {
            if (!from.is(value_kind::reference)) return misfit(from, as);
            BECKON_ASSIGN(number, objects_.number_of(*from.object(), interface_of(as)));
        }
        put_number(out_, static_cast<std::uint64_t>(number), forms_.object_bytes());
        return {};
    }

    buffer& out_;
    const forms& forms_;
    object_forms& objects_;
};

} // namespace

result<void> write_value(buffer& out, const value& from, const schema::type& as, const forms& with,
                         object_forms& objects) {
    const std::size_t begin = out.size();
    auto done = writer(out, with, objects).write(from, as);
    if (done) return done;
    out.truncate(begin);
    if (done.error().code() != errc::type_mismatch || is_reference(as)) return done;
    // What only stands for a value of the type, as text for an enumeration.
    const auto fitting = coerce(from, with.document(), as);
    if (!fitting) return fitting.error().code() == errc::type_mismatch ? done : fitting.error();
    auto again = writer(out, with, objects).write(*fitting, as);
    if (!again) out.truncate(begin);
    return again;
}

} // namespace beckon::remcall
