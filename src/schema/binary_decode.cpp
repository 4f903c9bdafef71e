#include <algorithm>
#include <limits>

#include "beckon/base/text.hpp"
#include "beckon/base/utf8.hpp"
#include "beckon/schema/binary.hpp"
#include "beckon/schema/check.hpp"
#include "schema/binary_format.hpp"
#include "schema/comments.hpp"
#include "schema/limits.hpp"
#include "schema/sorted.hpp"

namespace beckon::schema {

namespace {

class reader {
public:
    reader(byte_view input, const decode_options& options)
        : input_(input), nodes_left_(options.max_nodes), options_(options) {}

    result<document> run() {
        document out;
        BECKON_TRY(expect_magic(schema_magic));
        BECKON_TRY(read_section(out.enumerations));
        BECKON_TRY(read_section(out.records));
        BECKON_TRY(read_section(out.exceptions));
        BECKON_TRY(read_section(out.interfaces));
        if (at_ < input_.size()) BECKON_TRY(read_annotations(out));
        if (at_ < input_.size()) {
            return fail(errc::parse_error, "schema at byte ", at_, ": found ", input_.size() - at_,
                        " bytes after the end");
        }
        return out;
    }

private:
    template <typename... Parts>
    error bad(std::size_t offset, const Parts&... parts) const {
        return fail(errc::parse_error, "schema at byte ", offset, ": ", parts...);
    }

    result<std::string_view> take(std::size_t size, std::string_view what) {
        if (size > input_.size() - at_) {
            return bad(at_, "found ", input_.size() - at_, " bytes, expected ", size, " for ",
                       what);
        }
        const std::string_view out = as_text(input_.subspan(at_, size));
        at_ += size;
        return out;
    }

    result<void> expect_magic(std::string_view magic) {
        const std::size_t start = at_;
        BECKON_ASSIGN(const std::string_view found, take(magic.size(), "the magic number"));
        if (found == magic) return {};
        return bad(start, "found ", to_hex(as_bytes(found)), ", expected the magic number ",
                   to_hex(as_bytes(magic)));
    }

    result<std::uint8_t> read_u8(std::string_view what) {
        BECKON_ASSIGN(const std::string_view found, take(1, what));
        return static_cast<std::uint8_t>(found[0]);
    }

    result<std::uint32_t> read_u32(std::string_view what) {
        BECKON_ASSIGN(const std::string_view found, take(4, what));
        std::uint32_t number = 0;
        for (unsigned i = 0; i < 4; ++i) {
            number |= std::uint32_t{static_cast<unsigned char>(found[i])} << (8 * i);
        }
        return number;
    }

    /// A count of things that take at least `least` bytes each: more than can follow is refused at once.
    result<std::uint32_t> read_count(std::string_view what, std::size_t least) {
        const std::size_t start = at_;
        BECKON_ASSIGN(const std::uint32_t count, read_u32(what));
        if (count > (input_.size() - at_) / least) {
            return bad(start, "found a count of ", count, " ", what, ", but only ",
                       input_.size() - at_, " bytes follow");
        }
        BECKON_TRY(spend(count, start));
        return count;
    }

    result<void> spend(std::size_t nodes, std::size_t offset) {
        if (nodes > nodes_left_) {
            return fail(errc::limit_exceeded, "schema at byte ", offset, ": found more than ",
                        options_.max_nodes, " nodes, the limit max_nodes");
        }
        nodes_left_ -= nodes;
        return {};
    }

    result<std::string> read_text(std::string_view what) {
        BECKON_ASSIGN(const std::uint32_t size, read_u32(what));
        const std::size_t start = at_;
        BECKON_ASSIGN(const std::string_view text, take(size, what));
        if (const std::size_t offset = utf8_error_offset(text); offset < text.size()) {
            return bad(start + offset, "found ", what, " that is not UTF-8");
        }
        return std::string(text);
    }

    result<void> read_type(type& out, std::size_t depth) {
        const std::size_t start = at_;
        if (depth > max_type_depth) {
            return bad(start, "found a type nested deeper than ", max_type_depth, " levels");
        }
        BECKON_TRY(spend(1, start));
        BECKON_ASSIGN(const std::uint8_t number, read_u8("a type"));
        out.kind = static_cast<kind>(number);
        switch (out.kind) {
        case kind::optional:
        case kind::list:
        case kind::stream: return read_arguments(out, 1, depth);
        case kind::map: return read_arguments(out, 2, depth);
        case kind::tuple:
        case kind::variant: {
            BECKON_ASSIGN(const std::uint32_t count, read_count("types", 1));
            return read_arguments(out, count, depth);
        }
        case kind::enumeration:
        case kind::record:
        case kind::interface: {
            BECKON_ASSIGN(out.name, read_text("the name of a type"));
            return {};
        }
        default:
            if (out.kind <= kind::any) return {};
            return bad(start, "found a type of kind ", number,
                       ", expected 0 to 18, 20 to 25 or 30 to 32");
        }
    }

    result<void> read_arguments(type& out, std::uint32_t count, std::size_t depth) {
        for (std::uint32_t i = 0; i < count; ++i) {
            if (out.kind == kind::variant) {
                BECKON_ASSIGN(std::string name, read_text("the name of a case"));
                out.case_names.push_back(std::move(name));
            }
            out.arguments.emplace_back();
            BECKON_TRY(read_type(out.arguments.back(), depth + 1));
        }
        return {};
    }

    result<void> read(enumeration& out) {
        BECKON_ASSIGN(const std::uint32_t count, read_count("enum values", 8));
        for (std::uint32_t i = 0; i < count; ++i) {
            enumerator value;
            BECKON_ASSIGN(value.name, read_text("the name of an enum value"));
            BECKON_ASSIGN(const std::uint32_t number, read_u32("the number of an enum value"));
            value.number = static_cast<std::int32_t>(number);
            out.enumerators.push_back(std::move(value));
        }
        return {};
    }

    result<void> read(record& out) {
        BECKON_ASSIGN(const std::uint32_t count, read_count("fields", 9));
        for (std::uint32_t i = 0; i < count; ++i) {
            field field;
            BECKON_ASSIGN(field.name, read_text("the name of a field"));
            BECKON_TRY(read_type(field.type, 0));
            BECKON_ASSIGN(field.default_value, read_text("a default value"));
            out.fields.push_back(std::move(field));
        }
        return {};
    }

    result<void> read(interface& out) {
        BECKON_ASSIGN(const std::uint32_t count, read_count("methods", 10));
        for (std::uint32_t i = 0; i < count; ++i) {
            out.methods.emplace_back();
            BECKON_TRY(read_method(out.methods.back()));
        }
        return {};
    }

    result<void> read_method(method& out) {
        BECKON_ASSIGN(out.name, read_text("the name of a method"));
        const std::size_t flags_at = at_;
        BECKON_ASSIGN(const std::uint8_t flags, read_u8("the flags of a method"));
        if (flags > (oneway_flag | idempotent_flag)) {
            return bad(flags_at, "found method flags ", flags, ", expected 0 to 3");
        }
        out.oneway = (flags & oneway_flag) != 0;
        out.idempotent = (flags & idempotent_flag) != 0;
        BECKON_ASSIGN(const std::uint32_t parameters, read_count("parameters", 5));
        for (std::uint32_t i = 0; i < parameters; ++i) {
            field parameter;
            BECKON_ASSIGN(parameter.name, read_text("the name of a parameter"));
            BECKON_TRY(read_type(parameter.type, 0));
            out.parameters.push_back(std::move(parameter));
        }
        return read_type(out.result, 0);
    }

    error out_of_order(std::size_t offset, const std::string& name) const {
        return bad(offset, "found ", quoted(name),
                   " out of order, expected names in ascending "
                   "order of bytes");
    }

    template <typename Declaration>
    result<void> read_section(std::vector<Declaration>& out) {
        BECKON_ASSIGN(const std::uint32_t count, read_count("declarations", 8));
        for (std::uint32_t i = 0; i < count; ++i) {
            const std::size_t start = at_;
            BECKON_ASSIGN(std::string name, read_text("the name of a declaration"));
            if (i > 0 && !(out.back().name < name)) return out_of_order(start, name);
            out.emplace_back();
            out.back().name = std::move(name);
            BECKON_TRY(read(out.back()));
        }
        return {};
    }

    result<void> read_annotations(document& out) {
        BECKON_TRY(expect_magic(annotation_magic));
        BECKON_ASSIGN(out.label, read_text("the label"));
        const std::size_t namespace_at = at_;
        BECKON_ASSIGN(out.cpp_namespace, read_text("the namespace"));
        if (!is_dotted_name(out.cpp_namespace)) {
            return bad(namespace_at, "found the namespace ", quoted(out.cpp_namespace),
                       ", expected names with dots between them");
        }
        for (std::uint8_t* const width : {&out.method_ref_bytes, &out.object_ref_bytes}) {
            BECKON_ASSIGN(*width, read_u8("a width"));
            if (*width != 1 && *width != 2 && *width != 4 && *width != 8) {
                return bad(at_ - 1, "found a width of ", *width, " bytes, expected 1, 2, 4 or 8");
            }
        }
        BECKON_ASSIGN(out.doc, read_doc());
        BECKON_TRY(read_docs(out));
        return read_raises(out);
    }

    static bool is_dotted_name(std::string_view text) {
        while (!text.empty()) {
            const std::size_t dot = text.find('.');
            if (!is_name(text.substr(0, dot))) return false;
            if (dot == std::string_view::npos) return true;
            text.remove_prefix(dot + 1);
            if (text.empty()) return false;
        }
        return true;
    }

    result<std::string> read_doc() {
        const std::size_t start = at_;
        BECKON_ASSIGN(std::string doc, read_text("a doc"));
        if (normalized_doc(doc) == doc) return doc;
        return bad(start, "found a doc with control characters, blanks at a line's end or empty "
                          "lines at its own");
    }

    result<void> read_docs(document& out) {
        std::vector<std::string*> places;
        for_each_doc(out, [&places](std::string& doc) { places.push_back(&doc); });
        BECKON_ASSIGN(const std::uint32_t count, read_count("docs", 8));
        std::uint32_t least = 0;
        for (std::uint32_t i = 0; i < count; ++i) {
            BECKON_ASSIGN(const std::uint32_t number, read_number("doc", least, places.size()));
            least = number + 1;
            const std::size_t start = at_;
            BECKON_ASSIGN(*places[number], read_doc());
            if (places[number]->empty()) return bad(start, "found an empty doc");
        }
        return {};
    }

    result<void> read_raises(document& out) {
        std::vector<method*> methods;
        for (interface& interface : out.interfaces) {
            for (method& method : interface.methods) methods.push_back(&method);
        }
        BECKON_ASSIGN(const std::uint32_t count, read_count("methods that raise", 12));
        std::uint32_t least = 0;
        for (std::uint32_t i = 0; i < count; ++i) {
            BECKON_ASSIGN(const std::uint32_t number, read_number("method", least, methods.size()));
            least = number + 1;
            const std::size_t start = at_;
            BECKON_ASSIGN(const std::uint32_t raised, read_count("exceptions", 4));
            if (raised == 0) return bad(start, "found a method that raises 0 exceptions");
            for (std::uint32_t e = 0; e < raised; ++e) {
                BECKON_ASSIGN(std::string name, read_text("the name of an exception"));
                methods[number]->raises.push_back(std::move(name));
            }
        }
        if (at_ == input_.size()) return {};
        return read_commands(methods);
    }

    result<void> read_commands(const std::vector<method*>& methods) {
        const std::size_t begin = at_;
        BECKON_ASSIGN(const std::uint32_t count, read_count("commands", 8));
        if (count == 0) return bad(begin, "found 0 commands");
        std::uint32_t least = 0;
        for (std::uint32_t i = 0; i < count; ++i) {
            BECKON_ASSIGN(const std::uint32_t number, read_number("method", least, methods.size()));
            least = number + 1;
            const std::size_t start = at_;
            BECKON_ASSIGN(const std::uint32_t command, read_u32("a command"));
            if (command > std::numeric_limits<std::uint16_t>::max())
                return bad(start, "found the command ", command, ", expected at most 65535");
            methods[number]->command = static_cast<std::uint16_t>(command);
        }
        return {};
    }

    /// One of the numbers by which annotations name what they belong to.
    result<std::uint32_t> read_number(std::string_view what, std::size_t least, std::size_t end) {
        const std::size_t start = at_;
        BECKON_ASSIGN(const std::uint32_t number, read_u32("a number"));
        if (number >= least && number < end) return number;
        return bad(start, "found ", what, " number ", number, ", expected one from ", least,
                   " to below ", end, ", in ascending order");
    }

    byte_view input_;
    std::size_t at_ = 0;
    std::size_t nodes_left_;
    const decode_options& options_;
};

} // namespace

result<document> decode(byte_view input, const decode_options& options) {
    if (input.size() > options.max_bytes) {
        return fail(errc::limit_exceeded, "schema is ", input.size(), " bytes; limit is ",
                    options.max_bytes, " bytes");
    }
    BECKON_ASSIGN(document out, reader(input, options).run());
    BECKON_TRY(validate(out).note("checking a schema"));
    return out;
}

} // namespace beckon::schema
