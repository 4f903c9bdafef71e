#include <algorithm>

#include "beckon/codec/basic/serializers.hpp"
#include "protocol/basic/typed.hpp"

namespace beckon::basic {

namespace {

using schema::kind;

class reader {
public:
    reader(cursor& from, reading& with, std::size_t depth) noexcept
        : from_(from), with_(with), depth_(depth) {}

    [[nodiscard]] result<value> read(const schema::type& as) {
        if (auto excess = with_.budget.charge(sizeof(value), 1)) return std::move(*excess);
        switch (as.kind) {
        case kind::void_: return value();
        case kind::boolean: return simple(boolean);
        case kind::int8: return simple(i8);
        case kind::int16: return simple(i16);
        case kind::int32: return simple(i32);
        case kind::int64: return simple(i64);
        case kind::uint8: return simple(u8);
        case kind::uint16: return simple(u16);
        case kind::uint32: return simple(u32);
        case kind::uint64: return simple(u64);
        case kind::float32: return simple(f32);
        case kind::float64: return simple(f64);
        case kind::string: {
            BECKON_ASSIGN(const std::string_view text, from_.take_text());
            return value(text);
        }
        case kind::bytes: {
            BECKON_ASSIGN(const byte_view content, from_.take_bytes());
            return value(content);
        }
        case kind::enumeration: return read_enumeration(as);
        case kind::record: return read_record(as);
        case kind::optional: return read_optional(as);
        case kind::list: {
            BECKON_ASSIGN(auto items, read_array(as.arguments[0]));
            return value::list(std::move(items));
        }
        case kind::map: return read_map(as);
        case kind::tuple: return read_tuple(as);
        case kind::variant: return read_variant(as);
        default: return fail(errc::unsupported, schema::to_string(as), " has no form");
        }
    }

private:
    template <typename Form>
    [[nodiscard]] result<value> simple(const Form& form) {
        BECKON_ASSIGN(const auto read, form.read(from_));
        return value(read);
    }
    /// One level further down.
    [[nodiscard]] result<value> read_inside(cursor& from, const schema::type& as) {
        return read_typed(from, as, with_, depth_ + 1);
    }
    [[nodiscard]] result<value> read_enumeration(const schema::type& as) {
        const std::size_t begin = from_.offset();
        BECKON_ASSIGN(const std::uint64_t index, from_.take_number(4, "the index of an enum"));
        const auto* const known = with_.document.find_enumeration(as.name);
        if (known == nullptr || index >= known->enumerators.size()) {
            return fail(errc::schema_mismatch, "at byte ", begin, ": expected ", as.name,
                        ", found index ", index, " of ",
                        known != nullptr ? known->enumerators.size() : 0);
        }
        const schema::enumerator& found = known->enumerators[index];
        return value::enumeration(as.name, found.name, found.number);
    }
    [[nodiscard]] result<value> read_record(const schema::type& as) {
        const auto* const known = with_.document.find_record(as.name);
        if (known == nullptr) return fail(errc::invalid_argument, "nothing is called ", as.name);
        std::vector<record_field> fields;
        fields.reserve(known->fields.size());
        for (const schema::field& each : known->fields) {
            BECKON_ASSIGN(
                value content,
                read_inside(from_, each.type).note(concat("reading ", as.name, '.', each.name)));
            fields.push_back({value(each.name), std::move(content)});
        }
        return value::record(as.name, std::move(fields));
    }
    [[nodiscard]] result<std::vector<value>> read_array(const schema::type& as) {
        std::uint32_t count = 0;
        BECKON_ASSIGN(cursor inside, from_.take_array(count));
        std::vector<value> items;
        items.reserve(std::min<std::size_t>(count, inside.left()));
        for (std::uint32_t i = 0; i < count; ++i) {
            BECKON_ASSIGN(value each, read_inside(inside, as));
            items.push_back(std::move(each));
        }
        BECKON_TRY(inside.expect_end("array"));
        return items;
    }
    [[nodiscard]] result<value> read_optional(const schema::type& as) {
        const std::size_t begin = from_.offset();
        BECKON_ASSIGN(auto items, read_array(as.arguments[0]));
        if (items.size() > 1) {
            return fail(errc::schema_mismatch, "at byte ", begin,
                        ": expected an array of 0 or 1 elements, found ", items.size());
        }
        return items.empty() ? value() : std::move(items.front());
    }
    [[nodiscard]] result<value> read_map(const schema::type& as) {
        std::uint32_t count = 0;
        BECKON_ASSIGN(cursor inside, from_.take_array(count));
        std::vector<map_entry> entries;
        for (std::uint32_t i = 0; i < count; ++i) {
            BECKON_ASSIGN(value key, read_inside(inside, as.arguments[0]));
            BECKON_ASSIGN(value mapped, read_inside(inside, as.arguments[1]));
            entries.push_back({std::move(key), std::move(mapped)});
        }
        BECKON_TRY(inside.expect_end("array"));
        return value::map(std::move(entries));
    }
    [[nodiscard]] result<value> read_tuple(const schema::type& as) {
        std::vector<value> items;
        items.reserve(as.arguments.size());
        for (const schema::type& each : as.arguments) {
            BECKON_ASSIGN(value item, read_inside(from_, each));
            items.push_back(std::move(item));
        }
        return value::tuple(std::move(items));
    }
    [[nodiscard]] result<value> read_variant(const schema::type& as) {
        const std::size_t begin = from_.offset();
        BECKON_ASSIGN(const std::uint64_t index, from_.take_number(1, "the index of a variant"));
        if (index >= as.arguments.size()) {
            return fail(errc::schema_mismatch, "at byte ", begin, ": expected ",
                        schema::to_string(as), ", found case ", index, " of ", as.arguments.size());
        }
        BECKON_ASSIGN(value content, read_inside(from_, as.arguments[index]));
        return value::variant(as.case_names[index], std::move(content));
    }

    cursor& from_;
    reading& with_;
    const std::size_t depth_;
};

} // namespace

result<value> read_typed(cursor& from, const schema::type& as, reading& with, std::size_t depth) {
    if (depth > with.max_depth) {
        return fail(errc::limit_exceeded, "at byte ", from.offset(), ": values nested deeper than ",
                    with.max_depth, " (max_depth)");
    }
    return reader(from, with, depth).read(as);
}

} // namespace beckon::basic
