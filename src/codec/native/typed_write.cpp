// Writing values by schema.
#include <vector>

#include "beckon/base/text.hpp"
#include "beckon/codec/native/codec.hpp"
#include "beckon/codec/native/dynamic.hpp"
#include "beckon/value/detail/conversion.hpp"
#include "codec/native/typed_facts.hpp"
#include "codec/native/typed_scalar.hpp"
#include "codec/native/value_stream.hpp"
#include "value/node.hpp"

namespace beckon::native {

namespace {

using beckon::detail::value_access;
using schema::kind;

// A composite of which `next` parts are written or being written.
struct open_composite {
    const schema::type* type = nullptr;
    std::span<const value>
        parts{}; // items, keys and mapped values in turn, or the content of a case
    std::size_t next = 0;
    std::size_t count = 0;
    value held{}; // what the parts lie in, where the caller does not hold them

    const schema::record* record = nullptr;
    beckon::detail::field_source source{};
    std::size_t opened = 0; // of a record: its block
    std::size_t chosen = 0; // of a variant: the case
};

class typed_writer {
public:
    typed_writer(writer& out, const schema::document& document, const schema::type& root)
        : out_(out), root_(root), facts_(document) {}

    void run(const value& from) {
        begin(root_, from);
        while (!open_.empty() && !out_.failed()) {
            open_composite& top = open_.back();
            if (top.next == top.count) {
                end(top);
                continue;
            }
            const std::size_t part = top.next++;
            switch (top.type->kind) {
            case kind::record: write_field(top, top.record->fields[part]); break;
            case kind::map: begin(top.type->arguments[part % 2], top.parts[part]); break;
            case kind::tuple: begin(top.type->arguments[part], top.parts[part]); break;
            case kind::variant: begin(top.type->arguments[top.chosen], top.parts[part]); break;
            default: begin(top.type->arguments[0], top.parts[part]); break;
            }
        }
    }

private:
    // Writes the value, or opens it where it is composed.
    void begin(const schema::type& declared, const value& from) {
        const schema::type* type = &declared;
        while (type->kind == kind::optional) {
            out_.put<std::uint8_t>(from.is_null() ? 0 : 1);
            if (from.is_null()) return;
            type = &type->arguments[0];
        }
        switch (type->kind) {
        case kind::list: return begin_list(*type, from);
        case kind::map: return begin_map(*type, from);
        case kind::tuple: return begin_tuple(*type, from);
        case kind::variant: return begin_variant(*type, from);
        case kind::record: return begin_record(*type, from);
        case kind::enumeration: return write_enumeration(*type, from);
        case kind::interface: return write_reference(*type, from);
        case kind::stream:
            if (!from.is(value_kind::stream)) return mismatch(to_string(*type), from);
            return put_stream(out_, *from.object());
        default: return refuse(put_scalar(out_, type->kind, from));
        }
    }

    void begin_list(const schema::type& type, const value& from) {
        if (!from.is_sequence()) return mismatch(to_string(type), from);
        const std::span<const value> items = from.items();
        const kind element = type.arguments[0].kind;
        if (is_number(element)) {
            const std::size_t bad = put_numbers(out_, element, items);
            if (bad == items.size()) return;
            // Again the one that does not fit, for its words.
            open_.push_back(
                {.type = &type, .parts = items, .next = bad + 1, .count = items.size()});
            return refuse(put_scalar(out_, element, items[bad]));
        }
        out_.put(static_cast<std::uint32_t>(items.size()));
        open_.push_back({.type = &type, .parts = items, .count = items.size()});
    }

    void begin_map(const schema::type& type, const value& from) {
        value map = from;
        if (from.is_sequence()) {
            std::vector<map_entry> entries;
            for (const value& pair : from.items()) {
                if (!pair.is_sequence() || pair.size() != 2) return mismatch(to_string(type), from);
                entries.push_back({pair[0], pair[1]});
            }
            const std::size_t given = entries.size();
            map = value::map(std::move(entries));
            if (map.size() != given) {
                return refuse(concat("expected ", to_string(type), ", found the same key twice"));
            }
        }
        if (!map.is(value_kind::map)) return mismatch(to_string(type), from);
        const std::span<const value> parts = value_access::items(map);
        out_.put(static_cast<std::uint32_t>(parts.size() / 2));
        open_.push_back(
            {.type = &type, .parts = parts, .count = parts.size(), .held = std::move(map)});
    }

    void begin_tuple(const schema::type& type, const value& from) {
        if (!from.is_sequence()) return mismatch(to_string(type), from);
        const std::size_t wanted = type.arguments.size();
        if (from.size() != wanted) {
            return refuse(concat("expected ", to_string(type), " of ", wanted, " items, found ",
                                 from.type_name(), " of ", from.size()));
        }
        open_.push_back({.type = &type, .parts = from.items(), .count = wanted});
    }

    void begin_variant(const schema::type& type, const value& from) {
        const value* content = nullptr;
        std::optional<std::size_t> chosen;
        std::string_view name;
        if (from.is(value_kind::variant)) {
            name = from.name();
            content = &from.content();
        } else if ((from.is(value_kind::tuple) || from.is(value_kind::list)) && from.size() == 2) {
            // As protocols without variants have it: case and content.
            content = &from[1];
            if (from[0].is(value_kind::string)) {
                name = from[0].string();
            } else if (const auto index = number_as<std::uint8_t>(from[0])) {
                if (*index < type.arguments.size()) chosen = *index;
            }
        }
        for (std::size_t i = 0; i < type.case_names.size() && !chosen && content != nullptr; ++i) {
            if (!name.empty() && type.case_names[i] == name) chosen = i;
        }
        if (!chosen) {
            const std::string found =
                name.empty() ? beckon::detail::found_text(from) : concat("case ", quoted(name, 40));
            return refuse(concat("expected ", to_string(type), ", found ", found));
        }
        out_.put(static_cast<std::uint8_t>(*chosen));
        open_.push_back({.type = &type, .parts = {content, 1}, .count = 1, .chosen = *chosen});
    }

    void begin_record(const schema::type& type, const value& from) {
        const schema::record* const declared = facts_.record(type);
        if (declared == nullptr) return undeclared("record", type);
        open_composite made{.type = &type, .count = declared->fields.size(), .record = declared};
        conversion state;
        if (!made.source.open(from, declared->name, state)) return mismatch(declared->name, from);
        made.opened = out_.open_block();
        open_.push_back(std::move(made));
    }

    void write_field(open_composite& record, const schema::field& field) {
        if (const value* const found = record.source.find(field.name, record.next - 1)) {
            return begin(field.type, *found);
        }
        if (!field.default_value.empty()) {
            const result<value>& otherwise = facts_.default_of(field);
            if (!otherwise) return fail(otherwise.error().code(), otherwise.error().message());
            return begin(field.type, *otherwise);
        }
        if (field.type.kind == kind::optional) return begin(field.type, value());
        refuse(concat("expected ", to_string(field.type), ", found no such field"));
    }

    void end(const open_composite& done) {
        if (done.type->kind == kind::record) out_.close_block(done.opened);
        open_.pop_back();
    }

    void write_enumeration(const schema::type& type, const value& from) {
        const schema::enumeration* const declared = facts_.enumeration(type);
        if (declared == nullptr) return undeclared("enum", type);
        refuse(put_enumeration(out_, *declared, from));
    }

    void write_reference(const schema::type& type, const value& from) {
        if (from.is_null()) return out_.put_reference(nullptr);
        if (!from.is(value_kind::reference))
            return mismatch(concat("a reference to a ", type.name), from);
        const std::string_view found = from.object()->interface_name();
        if (!found.empty() && found != type.name) {
            return refuse(concat("expected a reference to a ", type.name,
                                 ", found a reference to a ", found));
        }
        out_.put_reference(from.object());
    }

    void mismatch(const std::string& expected, const value& from) {
        refuse(concat("expected ", expected, ", found ", beckon::detail::found_text(from)));
    }
    void undeclared(std::string_view section, const schema::type& type) {
        fail(errc::invalid_argument, concat("the schema declares no ", section, " ", type.name));
    }
    // Fails the writer, unless there is nothing to refuse.
    void refuse(const std::string& wrong) {
        if (!wrong.empty()) fail(errc::type_mismatch, wrong);
    }
    void fail(errc code, const std::string& wrong) {
        path_text path;
        for (const open_composite& each : open_) {
            const std::size_t part = each.next - 1;
            switch (each.type->kind) {
            case kind::record: path.field(each.record->fields[part].name); break;
            case kind::map: path.entry(each.parts[part - part % 2]); break;
            case kind::variant: path.field(each.type->case_names[each.chosen]); break;
            default: path.item(part); break;
            }
        }
        const bool is_inside = !path.text().empty();
        out_.fail(beckon::fail(code, is_inside ? path.of(root_) + ": " : "", wrong));
    }

    writer& out_;
    const schema::type& root_;
    type_facts facts_;
    std::vector<open_composite> open_;
};

} // namespace

void write_typed(writer& out, const schema::document& document, const schema::type& type,
                 const value& from) {
    typed_writer(out, document, type).run(from);
}

} // namespace beckon::native
