// Reading dynamic values: containers are filled in place, in the memory that the value will keep.
#include "beckon/base/utf8.hpp"
#include "beckon/codec/native/value_codec.hpp"
#include "codec/native/frame_stack.hpp"
#include "codec/native/value_build.hpp"
#include "codec/native/value_tags.hpp"

namespace beckon::native {

namespace {

using beckon::detail::array_node;
using beckon::detail::form;
using beckon::detail::value_access;

// A container that lacks some of its items yet.
struct open_container {
    array_node* node;
    beckon::detail::form form;
    std::uint32_t wanted;
};

/// The containers being read, outermost first. Destroys those that an error left open.
class container_stack : public frame_stack<open_container> {
public:
    container_stack() = default;
    container_stack(const container_stack&) = delete;
    container_stack& operator=(const container_stack&) = delete;
    ~container_stack() {
        while (!empty()) static_cast<void>(close());
    }
    [[nodiscard]] value close() noexcept {
        const open_container done = top();
        pop();
        return value_access::make(done.form, done.node);
    }
};

value read_short_string(reader& in, std::size_t size) {
    const std::size_t at = in.offset();
    const std::string_view text = as_text(in.get_raw(size));
    const std::size_t bad = utf8_error_offset(text);
    if (bad != text.size()) {
        in.fail(beckon::fail(errc::protocol_error, "peer sent a string that is not UTF-8 at byte ",
                             at + bad));
        return {};
    }
    return build::charge_text(in, text.size(), 0) ? value(text) : value();
}

// A string in a place where nothing else may stand.
std::string_view read_name(reader& in) {
    const std::size_t at = in.offset();
    const auto tag = in.get<std::uint8_t>();
    if (tag == static_cast<unsigned>(value_tag::string)) return in.get_text();
    if (tag >= short_string_tag && tag < first_small_integer_tag) {
        const std::string_view text = as_text(in.get_raw(tag - short_string_tag));
        if (is_utf8(text)) return text;
    }
    if (!in.failed()) {
        in.fail(beckon::fail(errc::protocol_error, "peer sent no interface name at byte ", at,
                             "; expected a string"));
    }
    return {};
}

value read_reference(reader& in) {
    const std::string_view interface = read_name(in);
    if (in.failed()) return {};
    return value(in.get_reference(interface));
}

value read_big_integer(reader& in) {
    bool negative = false;
    codec<bool>::read(in, negative);
    const byte_view magnitude = in.get_block();
    if (!build::charge_text(in, magnitude.size(), 0)) return {};
    return value::big_integer(negative, magnitude);
}

value read_complex(reader& in) {
    const auto real = in.get<double>();
    const auto imaginary = in.get<double>();
    if (!in.charge(sizeof(array_node) + 2 * sizeof(value))) return {};
    return value::complex(real, imaginary);
}

template <typename T>
value read_plain(reader& in) {
    T plain{};
    codec<T>::read(in, plain);
    return value(plain);
}

value read_unknown(reader& in, unsigned tag) {
    if (!in.failed()) {
        in.fail(beckon::fail(errc::protocol_error, "peer sent a value of kind ", tag, " at byte ",
                             in.offset() - 1, "; the native protocol has no such kind"));
    }
    return {};
}

// Everything that does not consist of values.
value read_leaf(reader& in, unsigned tag) {
    if (tag >= first_small_integer_tag) {
        return value(static_cast<int>(tag) - static_cast<int>(small_integer_tag));
    }
    if (tag >= short_string_tag) return read_short_string(in, tag - short_string_tag);
    switch (static_cast<value_tag>(tag)) {
    case value_tag::null: return {};
    case value_tag::no: return value(false);
    case value_tag::yes: return value(true);
    case value_tag::int8: return value(in.get<std::int8_t>());
    case value_tag::int16: return value(in.get<std::int16_t>());
    case value_tag::int32: return value(in.get<std::int32_t>());
    case value_tag::int64: return value(in.get<std::int64_t>());
    case value_tag::uint64: return value(in.get<std::uint64_t>());
    case value_tag::big_integer: return read_big_integer(in);
    case value_tag::float32:
        return value_access::make_scalar(form::float32, in.get<std::uint32_t>());
    case value_tag::float64:
        return value_access::make_scalar(form::float64, in.get<std::uint64_t>());
    case value_tag::complex: return read_complex(in);
    case value_tag::string: {
        const std::string_view text = in.get_text();
        return build::charge_text(in, text.size(), 0) ? value(text) : value();
    }
    case value_tag::bytes: {
        const byte_view content = in.get_block();
        return build::charge_text(in, content.size(), 0) ? value(content) : value();
    }
    case value_tag::date: return read_plain<date>(in);
    case value_tag::time: return read_plain<time_of_day>(in);
    case value_tag::datetime: return read_plain<datetime>(in);
    case value_tag::duration: return read_plain<duration>(in);
    case value_tag::reference: return read_reference(in);
    case value_tag::stream: return value::stream(in.get_stream());
    case value_tag::int8_list: return build::read_packed<std::int8_t>(in);
    case value_tag::int16_list: return build::read_packed<std::int16_t>(in);
    case value_tag::int32_list: return build::read_packed<std::int32_t>(in);
    case value_tag::int64_list: return build::read_packed<std::int64_t>(in);
    case value_tag::float32_list: return build::read_packed<float>(in);
    case value_tag::float64_list: return build::read_packed<double>(in);
    default: return read_unknown(in, tag);
    }
}

constexpr bool is_container(unsigned tag) noexcept {
    return tag >= static_cast<unsigned>(value_tag::list) &&
           tag <= static_cast<unsigned>(value_tag::extension);
}

// Begins a container: reads how many items it has and makes room for them. Node is null after a failure.
open_container open(reader& in, form form, std::size_t fixed, std::size_t per_element) {
    std::size_t wanted = fixed;
    if (per_element != 0) {
        const std::size_t keys = build::key_stride(form) != 0 ? build::index_bytes_per_key : 0;
        const std::size_t count = in.get_count(per_element, per_element * sizeof(value) + keys);
        // The count was charged as one value an element.
        if (!in.charge(0, count * (per_element - 1))) return {};
        wanted += count * per_element;
    }
    if (!in.enter() || !in.charge(sizeof(array_node) + fixed * sizeof(value), fixed)) return {};
    return {beckon::detail::make_array(wanted), form, static_cast<std::uint32_t>(wanted)};
}

open_container open(reader& in, unsigned tag) {
    switch (static_cast<value_tag>(tag)) {
    case value_tag::list: return open(in, form::list, 0, 1);
    case value_tag::tuple: return open(in, form::tuple, 0, 1);
    case value_tag::set: return open(in, form::set, 0, 1);
    case value_tag::frozen_set: return open(in, form::frozen_set, 0, 1);
    case value_tag::map: return open(in, form::map, 0, 2);
    case value_tag::slice: return open(in, form::slice, 3, 0);
    case value_tag::enumeration: return open(in, form::enumeration, 3, 0);
    case value_tag::record: return open(in, form::record, 1, 2);
    case value_tag::variant: return open(in, form::variant, 2, 0);
    case value_tag::exception: return open(in, form::exception, 5, 0);
    default: return open(in, form::extension, 2, 0);
    }
}

// What may stand at a place of a container, in words; empty where the item is right.
std::string_view misfit(form form, std::size_t place, const value& item) noexcept {
    const auto unless = [](bool right, std::string_view expected) {
        return right ? std::string_view() : expected;
    };
    switch (form) {
    case form::enumeration:
        return place == 2 ? unless(item.is_int64(), "an int64 as an enum's number")
                          : unless(item.is(value_kind::string), "a string as an enum's name");
    case form::record:
        if (place != 0 && place % 2 == 0) return {};
        return unless(item.is(value_kind::string), "a string as a record's name");
    case form::variant:
        return unless(place == 1 || item.is(value_kind::string), "a string as a variant's case");
    case form::exception:
        if (place == 2 || place == 3) return {};
        return unless(item.is(value_kind::string), "a string as part of an exception");
    case form::extension:
        return place == 0 ? unless(item.is_int64(), "an int64 as an extension's type")
                          : unless(item.is(value_kind::bytes), "bytes as an extension's content");
    default: return {};
    }
}

// Appends an item to the container; fails the reader where it may not stand there.
void place(reader& in, open_container& into, value&& item) {
    array_node& node = *into.node;
    const std::string_view expected = misfit(into.form, node.size, item);
    if (!expected.empty()) {
        in.fail(beckon::fail(errc::protocol_error, "peer sent ", item.type_name(), " before byte ",
                             in.offset(), "; expected ", expected));
        return;
    }
    build::append(node, std::move(item));
    const std::size_t stride = build::key_stride(into.form);
    if (stride != 0 && node.size % stride == 0) build::index_key(in, node, stride);
}

value read_tree(reader& in, unsigned tag) {
    container_stack containers;
    value item;
    for (;;) {
        if (is_container(tag)) {
            const open_container opened = open(in, tag);
            if (opened.node == nullptr) return {};
            containers.push(opened);
        } else {
            item = read_leaf(in, tag);
            place(in, containers.top(), std::move(item));
        }
        while (!in.failed() && containers.top().node->size == containers.top().wanted) {
            item = containers.close();
            in.leave();
            if (containers.empty()) return item;
            place(in, containers.top(), std::move(item));
        }
        tag = in.get<std::uint8_t>();
        if (in.failed()) return {};
    }
}

} // namespace

void codec<value>::read(reader& in, value& into) {
    const unsigned tag = in.get<std::uint8_t>();
    into = is_container(tag) ? read_tree(in, tag) : read_leaf(in, tag);
    if (in.failed()) into = value();
}

} // namespace beckon::native
