// Reading values by schema.
#include <vector>

#include "beckon/base/text.hpp"
#include "beckon/codec/native/codec.hpp"
#include "beckon/codec/native/dynamic.hpp"
#include "beckon/codec/native/value_codec.hpp"
#include "codec/native/typed_facts.hpp"
#include "codec/native/value_build.hpp"

namespace beckon::native {

namespace {

using beckon::detail::array_node;
using beckon::detail::form;
using beckon::detail::value_access;
using schema::kind;

// A composite of which `next` parts are read or being read. An optional is one, too, for its depth.
struct open_composite {
    const schema::type* type = nullptr;
    value made{}; // grows; of an optional: its content
    std::size_t next = 0;
    std::size_t count = 0;
    const schema::record* record = nullptr;
    reader::record_scope scope{};
    std::size_t chosen = 0; // of a variant: the case

    [[nodiscard]] array_node& node() const noexcept {
        return *value_access::node<array_node>(made);
    }
};

class typed_reader {
public:
    typed_reader(reader& in, const schema::document& document, const schema::type& root)
        : in_(in), root_(root), facts_(document) {}

    value run() {
        value whole;
        const schema::type* type = &root_;
        while (type != nullptr) {
            const std::size_t depth = open_.size();
            value item = begin(*type);
            if (in_.failed()) break;
            if (open_.size() == depth) give(std::move(item), whole);
            type = in_.failed() ? nullptr : next_part(whole);
        }
        if (!in_.failed()) return whole;
        in_.note(concat("reading ", path()));
        return {};
    }

private:
    // Hands a value that is whole to what it is part of.
    void give(value&& item, value& whole) {
        if (open_.empty()) {
            whole = std::move(item);
            return;
        }
        open_composite& into = open_.back();
        if (into.type->kind == kind::optional) {
            into.made = std::move(item);
            return;
        }
        build::append(into.node(), std::move(item));
        if (into.type->kind == kind::map && into.next % 2 == 0) {
            build::index_key(in_, into.node(), 2);
        }
    }

    // The type of what comes next, after closing what is whole; null at the end.
    const schema::type* next_part(value& whole) {
        while (!open_.empty()) {
            open_composite& top = open_.back();
            if (top.next < top.count) {
                const schema::type* const type = part_type(top, top.next++);
                if (type != nullptr || in_.failed()) return type;
                continue; // a field that the peer left to its default
            }
            if (top.type->kind == kind::record) in_.end_record(top.scope);
            in_.leave();
            value done = std::move(top.made);
            open_.pop_back();
            give(std::move(done), whole);
            if (in_.failed()) return nullptr;
        }
        return nullptr;
    }

    const schema::type* part_type(open_composite& of, std::size_t part) {
        switch (of.type->kind) {
        case kind::record: return field_type(of, of.record->fields[part]);
        case kind::map: return &of.type->arguments[part % 2];
        case kind::tuple: return &of.type->arguments[part];
        case kind::variant: return &of.type->arguments[of.chosen];
        default: return &of.type->arguments[0];
        }
    }

    // Null where the peer sent no such field, and its default stands in.
    const schema::type* field_type(open_composite& of, const schema::field& field) {
        build::append(of.node(), facts_.name(field.name));
        if (in_.more()) return &field.type;
        if (field.default_value.empty()) {
            in_.fail(fail(errc::protocol_error, "peer sent a ", of.record->name,
                          " that ends at byte ", in_.offset(), ", before field ", field.name,
                          ", which has no default"));
            return nullptr;
        }
        const result<value>& otherwise = facts_.default_of(field);
        if (otherwise) {
            build::append(of.node(), value(*otherwise));
        } else {
            in_.fail(otherwise.error());
        }
        return nullptr;
    }

    // Reads a value, or opens it where it is composed.
    value begin(const schema::type& type) {
        switch (type.kind) {
        case kind::optional: return begin_optional(type);
        case kind::list: return begin_list(type);
        case kind::map: return begin_map(type);
        case kind::tuple: return begin_tuple(type);
        case kind::variant: return begin_variant(type);
        case kind::record: return begin_record(type);
        case kind::enumeration: return read_enumeration(type);
        case kind::interface: return value(in_.get_reference(type.name));
        case kind::stream: return value::stream(in_.get_stream());
        case kind::string: {
            const std::string_view text = in_.get_text();
            return build::charge_text(in_, text.size(), 1) ? value(text) : value();
        }
        case kind::bytes: {
            const byte_view content = in_.get_block();
            return build::charge_text(in_, content.size(), 1) ? value(content) : value();
        }
        default: return read_plain(type.kind);
        }
    }

    value read_plain(kind kind) {
        switch (kind) {
        case kind::boolean: return read_as<bool>();
        case kind::int8: return read_as<std::int8_t>();
        case kind::uint8: return read_as<std::uint8_t>();
        case kind::int16: return read_as<std::int16_t>();
        case kind::uint16: return read_as<std::uint16_t>();
        case kind::int32: return read_as<std::int32_t>();
        case kind::uint32: return read_as<std::uint32_t>();
        case kind::int64: return read_as<std::int64_t>();
        case kind::uint64: return read_as<std::uint64_t>();
        case kind::float32: return read_as<float>();
        case kind::float64: return read_as<double>();
        case kind::date: return read_as<date>();
        case kind::time: return read_as<time_of_day>();
        case kind::datetime: return read_as<datetime>();
        case kind::duration: return read_as<duration>();
        case kind::any: return read_as<value>();
        default: return {};
        }
    }
    template <typename T>
    value read_as() {
        T plain{};
        codec<T>::read(in_, plain);
        return value(std::move(plain));
    }

    value begin_optional(const schema::type& type) {
        bool present = false;
        codec<bool>::read(in_, present);
        if (present && in_.enter()) open_.push_back({.type = &type, .count = 1});
        return {};
    }

    value begin_list(const schema::type& type) {
        const schema::type& element = type.arguments[0];
        switch (element.kind) {
        case kind::int8: return build::read_packed<std::int8_t>(in_);
        case kind::uint8: return build::read_packed<std::uint8_t>(in_);
        case kind::int16: return build::read_packed<std::int16_t>(in_);
        case kind::uint16: return build::read_packed<std::uint16_t>(in_);
        case kind::int32: return build::read_packed<std::int32_t>(in_);
        case kind::uint32: return build::read_packed<std::uint32_t>(in_);
        case kind::int64: return build::read_packed<std::int64_t>(in_);
        case kind::uint64: return build::read_packed<std::uint64_t>(in_);
        case kind::float32: return build::read_packed<float>(in_);
        case kind::float64: return build::read_packed<double>(in_);
        default: break;
        }
        const std::size_t count = in_.get_count(facts_.min_size(element), sizeof(value));
        open_node({.type = &type, .count = count}, form::list, count);
        return {};
    }

    value begin_map(const schema::type& type) {
        const std::size_t least =
            facts_.min_size(type.arguments[0]) + facts_.min_size(type.arguments[1]);
        const std::size_t count =
            in_.get_count(least, 2 * sizeof(value) + build::index_bytes_per_key);
        open_node({.type = &type, .count = 2 * count}, form::map, 2 * count);
        return {};
    }

    value begin_tuple(const schema::type& type) {
        const std::size_t count = type.arguments.size();
        if (in_.charge(count * sizeof(value), 0)) {
            open_node({.type = &type, .count = count}, form::tuple, count);
        }
        return {};
    }

    value begin_variant(const schema::type& type) {
        const std::size_t chosen = in_.get<std::uint8_t>();
        if (in_.failed()) return {};
        if (chosen >= type.arguments.size()) {
            in_.fail(fail(errc::protocol_error, "peer chose case ", chosen,
                          " of a variant at byte ", in_.offset() - 1, "; it has ",
                          type.arguments.size()));
            return {};
        }
        if (in_.charge(2 * sizeof(value), 0) &&
            open_node({.type = &type, .count = 1, .chosen = chosen}, form::variant, 2)) {
            build::append(open_.back().node(), facts_.name(type.case_names[chosen]));
        }
        return {};
    }

    value begin_record(const schema::type& type) {
        const schema::record* const declared = facts_.record(type);
        if (declared == nullptr) return undeclared("record", type);
        const std::size_t fields = declared->fields.size();
        const std::size_t items = 1 + 2 * fields;
        if (in_.charge(items * sizeof(value), 0) &&
            open_node({.type = &type, .count = fields, .record = declared}, form::record, items)) {
            open_.back().scope = in_.begin_record();
            build::append(open_.back().node(), facts_.name(declared->name));
        }
        return {};
    }

    // Goes one level deeper, into memory for `items` values that were paid for.
    bool open_node(open_composite&& made, form form, std::size_t items) {
        if (!in_.enter() || !in_.charge(sizeof(array_node), 0)) return false;
        made.made = value_access::make(form, beckon::detail::make_array(items));
        open_.push_back(std::move(made));
        return true;
    }

    value read_enumeration(const schema::type& type) {
        const schema::enumeration* const declared = facts_.enumeration(type);
        if (declared == nullptr) return undeclared("enum", type);
        const auto number = in_.get<std::int32_t>();
        if (!in_.charge(sizeof(array_node) + 3 * sizeof(value), 0)) return {};
        for (const schema::enumerator& each : declared->enumerators) {
            if (each.number != number) continue;
            value made = value_access::make(form::enumeration, beckon::detail::make_array(3));
            array_node& node = *value_access::node<array_node>(made);
            build::append(node, facts_.name(declared->name));
            build::append(node, facts_.name(each.name));
            build::append(node, value(number));
            return made;
        }
        in_.fail(fail(errc::protocol_error, "peer sent ", number, " as ", declared->name,
                      " at byte ", in_.offset() - 4, "; that enum has no such value"));
        return {};
    }

    value undeclared(std::string_view section, const schema::type& type) {
        in_.fail(fail(errc::invalid_argument, "the schema declares no ", section, " ", type.name));
        return {};
    }

    [[nodiscard]] std::string path() const {
        path_text path;
        for (const open_composite& each : open_) {
            if (each.next == 0) break; // it failed at its own beginning
            const std::size_t part = each.next - 1;
            switch (each.type->kind) {
            case kind::record: path.field(each.record->fields[part].name); break;
            case kind::map:
                if (part % 2 == 1) path.entry(value_access::items(each.made)[part - 1]);
                if (part % 2 == 0) path.item(part / 2);
                break;
            case kind::variant: path.field(each.type->case_names[each.chosen]); break;
            case kind::optional: break;
            default: path.item(part); break;
            }
        }
        return path.of(root_);
    }

    reader& in_;
    const schema::type& root_;
    type_facts facts_;
    std::vector<open_composite> open_;
};

} // namespace

value read_typed(reader& in, const schema::document& document, const schema::type& type) {
    return typed_reader(in, document, type).run();
}

} // namespace beckon::native
