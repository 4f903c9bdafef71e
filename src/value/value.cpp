#include "beckon/value/value.hpp"

#include "value/node.hpp"

namespace beckon {

using detail::array_node;
using detail::form;
using detail::value_access;

namespace {

[[noreturn]] void throw_mismatch(const value& found, std::string_view expected) {
    throw value_error(
        fail(errc::type_mismatch, "expected ", expected, ", found ", found.type_name()));
}

const value& null_value() noexcept {
    static const value& null = *new const value; // threads of a runtime may outlive statics
    return null;
}

template <typename T>
T* raw(std::vector<T>& items) noexcept {
    return items.data();
}

// Hands the items of a vector over to a node: relocated, then forgotten by the vector.
template <typename T, typename Make>
value take_over(std::vector<T>&& items, Make make) {
    // A vector can't forget its elements, so swap them out of it one by one.
    std::vector<T> owned = std::move(items);
    auto* const first = reinterpret_cast<value*>(raw(owned));
    const std::size_t count = owned.size() * (sizeof(T) / sizeof(value));
    value made = make(first, count);
    // What was relocated must not be destroyed again: null needs no destruction.
    if (count != 0) std::memset(static_cast<void*>(first), 0, count * sizeof(value));
    return made;
}

value make_record(std::string_view type, std::vector<record_field>&& fields) {
    std::vector<value> items;
    items.reserve(1 + fields.size() * 2);
    items.emplace_back(type);
    for (record_field& field : fields) {
        BECKON_ASSERT(field.name.is(value_kind::string), "a record's field needs a name");
        items.push_back(std::move(field.name));
        items.push_back(std::move(field.content));
    }
    return take_over(std::move(items), [](value* first, std::size_t count) {
        return detail::make_array_value(form::record, first, count);
    });
}

value make_fixed(form form, std::initializer_list<value> parts) {
    return take_over(std::vector<value>(parts), [form](value* first, std::size_t count) {
        return detail::make_array_value(form, first, count);
    });
}

} // namespace

value::value(beckon::date day) noexcept : value(form::date, 0) {
    head_ |= static_cast<std::uint64_t>(static_cast<std::uint32_t>(day.days)) << detail::days_shift;
}

value::value(beckon::datetime moment) noexcept : value(form::datetime, moment.time.nanoseconds) {
    head_ |= static_cast<std::uint64_t>(static_cast<std::uint32_t>(moment.date.days))
             << detail::days_shift;
}

value::value(intrusive_ptr<referent> object) noexcept {
    if (object) *this = value_access::make(form::reference, object.detach());
}

value value::stream(intrusive_ptr<referent> handle) noexcept {
    return handle ? value_access::make(form::stream, handle.detach()) : value();
}

value value::list(std::initializer_list<value> items) {
    if (items.size() != 0) return list(std::vector<value>(items));
    constexpr std::size_t few =
        4; // an empty one is made to be filled, mostly with a call's arguments
    return value_access::make(form::list, detail::make_array(few));
}
value value::list(std::vector<value>&& items) {
    return take_over(std::move(items), [](value* first, std::size_t count) {
        return detail::make_array_value(form::list, first, count);
    });
}
value value::tuple(std::initializer_list<value> items) { return tuple(std::vector<value>(items)); }
value value::tuple(std::vector<value>&& items) {
    return take_over(std::move(items), [](value* first, std::size_t count) {
        return detail::make_array_value(form::tuple, first, count);
    });
}
value value::set(std::initializer_list<value> items) { return set(std::vector<value>(items)); }
value value::set(std::vector<value>&& items) {
    return take_over(std::move(items), [](value* first, std::size_t count) {
        return detail::make_set_value(form::set, first, count);
    });
}
value value::frozen_set(std::initializer_list<value> items) {
    return frozen_set(std::vector<value>(items));
}
value value::frozen_set(std::vector<value>&& items) {
    return take_over(std::move(items), [](value* first, std::size_t count) {
        return detail::make_set_value(form::frozen_set, first, count);
    });
}
value value::map() { return detail::make_array_value(form::map, nullptr, 0); }
value value::map(std::initializer_list<map_entry> entries) {
    return map(std::vector<map_entry>(entries));
}
value value::map(std::vector<map_entry>&& entries) {
    return take_over(std::move(entries), [](value* first, std::size_t count) {
        std::size_t duplicates = 0;
        return detail::make_map_value(first, count, duplicates);
    });
}

value value::slice(value start, value stop, value step) {
    return make_fixed(form::slice, {std::move(start), std::move(stop), std::move(step)});
}
value value::complex(double real, double imaginary) {
    return make_fixed(form::complex, {real, imaginary});
}
value value::enumeration(std::string_view type, std::string_view name, std::int64_t number) {
    return make_fixed(form::enumeration, {type, name, number});
}
value value::record(std::string_view type, std::initializer_list<record_field> fields) {
    return make_record(type, std::vector<record_field>(fields));
}
value value::record(std::string_view type, std::vector<record_field>&& fields) {
    return make_record(type, std::move(fields));
}
value value::variant(std::string_view case_name, value content) {
    return make_fixed(form::variant, {case_name, std::move(content)});
}
value value::exception(exception_parts parts) {
    return make_fixed(form::exception,
                      {std::move(parts.type), std::move(parts.text), std::move(parts.arguments),
                       std::move(parts.fields), std::move(parts.trace)});
}
value value::extension(std::int64_t type, byte_view content) {
    return make_fixed(form::extension, {type, content});
}

bool value::boolean() const {
    if (form() != form::boolean) throw_mismatch(*this, "bool");
    return body_ != 0;
}

std::int64_t value::int64() const {
    if (form() != form::int64) throw_mismatch(*this, "int64");
    return static_cast<std::int64_t>(body_);
}

std::uint64_t value::uint64() const {
    if (!is_uint64()) throw_mismatch(*this, "uint64");
    return body_;
}

double value::float64() const {
    if (form() == form::float64) return std::bit_cast<double>(body_);
    if (form() != form::float32) throw_mismatch(*this, "float64");
    return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(body_)));
}

std::string_view value::string() const {
    if (form() != form::small_string && form() != form::string) throw_mismatch(*this, "string");
    return value_access::text(*this);
}

byte_view value::bytes() const {
    if (form() != form::small_bytes && form() != form::bytes) throw_mismatch(*this, "bytes");
    return as_bytes(value_access::text(*this));
}

beckon::date value::date() const {
    if (form() != form::date) throw_mismatch(*this, "date");
    return {static_cast<std::int32_t>(static_cast<std::uint32_t>(head_ >> detail::days_shift))};
}

time_of_day value::time() const {
    if (form() != form::time) throw_mismatch(*this, "time");
    return {body_};
}

beckon::datetime value::datetime() const {
    if (form() != form::datetime) throw_mismatch(*this, "datetime");
    return {{static_cast<std::int32_t>(static_cast<std::uint32_t>(head_ >> detail::days_shift))},
            {body_}};
}

beckon::duration value::duration() const {
    if (form() != form::duration) throw_mismatch(*this, "duration");
    return beckon::duration(static_cast<std::int64_t>(body_));
}

std::span<const value> value::items() const {
    if (!is_sequence()) throw_mismatch(*this, "list");
    return value_access::items(*this);
}

std::span<const map_entry> value::entries() const {
    if (form() != form::map) throw_mismatch(*this, "map");
    const auto items = value_access::items(*this);
    return {reinterpret_cast<const map_entry*>(items.data()), items.size() / 2};
}

std::span<const record_field> value::fields() const {
    if (form() != form::record) throw_mismatch(*this, "record");
    const auto items = value_access::items(*this).subspan(1);
    return {reinterpret_cast<const record_field*>(items.data()), items.size() / 2};
}

std::string_view value::declared_type() const {
    if (form() != form::record && form() != form::enumeration && form() != form::exception) {
        throw_mismatch(*this, "record, enum or exception");
    }
    return value_access::items(*this)[0].string();
}

std::string_view value::name() const {
    if (form() == form::variant) return value_access::items(*this)[0].string();
    if (form() != form::enumeration) throw_mismatch(*this, "enum or variant");
    return value_access::items(*this)[1].string();
}

std::int64_t value::number() const {
    if (form() == form::extension) return value_access::items(*this)[0].int64();
    if (form() != form::enumeration) throw_mismatch(*this, "enum or extension");
    return value_access::items(*this)[2].int64();
}

const value& value::content() const {
    if (form() != form::variant && form() != form::extension) {
        throw_mismatch(*this, "variant or extension");
    }
    return value_access::items(*this)[1];
}

exception_parts value::exception() const {
    if (form() != form::exception) throw_mismatch(*this, "exception");
    const auto parts = value_access::items(*this);
    return {std::string(parts[0].string()), std::string(parts[1].string()), parts[2], parts[3],
            std::string(parts[4].string())};
}

std::span<const value> value::bounds() const {
    if (form() != form::slice) throw_mismatch(*this, "slice");
    return value_access::items(*this);
}

std::pair<double, double> value::complex_parts() const {
    if (form() != form::complex) throw_mismatch(*this, "complex");
    const auto parts = value_access::items(*this);
    return {parts[0].float64(), parts[1].float64()};
}

referent* value::object() const {
    if (form() < detail::first_referent) throw_mismatch(*this, "reference");
    return value_access::node<referent>(*this);
}

std::size_t value::size() const noexcept {
    switch (kind()) {
    case value_kind::string:
    case value_kind::bytes: return value_access::text(*this).size();
    case value_kind::list:
    case value_kind::tuple:
    case value_kind::set:
    case value_kind::frozen_set: return value_access::items(*this).size();
    case value_kind::map:
    case value_kind::record: return value_access::items(*this).size() / 2;
    default: return 0;
    }
}

const value& value::operator[](std::size_t index) const noexcept {
    if (!is_sequence()) return null_value();
    const auto items = value_access::items(*this);
    return index < items.size() ? items[index] : null_value();
}

const value& value::operator[](std::string_view key) const noexcept {
    const value* const found = find(key);
    return found != nullptr ? *found : null_value();
}

const value& value::at(std::size_t index) const {
    const auto all = items();
    if (index >= all.size()) {
        throw value_error(fail(errc::not_found, "no item ", index, " in a ", type_name(), " of ",
                               all.size(), " items"));
    }
    return all[index];
}

const value& value::at(std::string_view key) const {
    if (const value* const found = find(key)) return *found;
    if (form() != form::map && form() != form::record) throw_mismatch(*this, "map or record");
    throw value_error(fail(errc::not_found, "no ", form() == form::map ? "key " : "field ",
                           quoted(key), " in a ", type_name(), " of ", size()));
}

const value* value::find_text(std::string_view key) const noexcept {
    if (form() == form::record) {
        for (const record_field& field : fields()) {
            if (value_access::text(field.name) == key) return &field.content;
        }
        return nullptr;
    }
    if (form() != form::map) return nullptr;
    if (key.size() <= detail::max_small_text) return find(value(key));
    // A key on the stack, which looks as if somebody else held it, too: so nobody frees it.
    detail::text_node borrowed{{2}, 0, key.size(), key.data()};
    return find(value_access::make(form::string, &borrowed));
}

const value* value::find(const value& key) const noexcept {
    if (form() == form::record) {
        return key.is(value_kind::string) ? find(value_access::text(key)) : nullptr;
    }
    if (form() != form::map) return nullptr;
    auto* const node = value_access::node<array_node>(*this);
    const std::size_t at = detail::find_key(*node, 2, key);
    return at == node->size ? nullptr : value_access::items(node) + at + 1;
}

bool value::contains(const value& key) const noexcept {
    switch (form()) {
    case form::list:
    case form::tuple:
        for (const value& item : value_access::items(*this)) {
            if (item == key) return true;
        }
        return false;
    case form::set:
    case form::frozen_set: {
        const auto* const node = value_access::node<array_node>(*this);
        return detail::find_key(*node, 1, key) != node->size;
    }
    default: return find(key) != nullptr;
    }
}

} // namespace beckon
