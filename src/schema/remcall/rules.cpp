#include "schema/remcall/rules.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_set>

#include "beckon/base/utf8.hpp"
#include "beckon/schema/remcall/binary.hpp"
#include "schema/remcall/containment.hpp"

namespace beckon::schema::remcall {

namespace {

/// Names that are none may hold anything.
std::string shown(const std::string& name) {
    return is_name(name) && name.size() <= 64 ? name : quoted(name);
}

class finder {
public:
    finder(const document& document, bool strict) : document_(document), strict_(strict) {}

    std::optional<violation> run() {
        check_head();
        for (std::uint32_t i = 0; i < document_.enumerations.size() && !found_; ++i) check_enum(i);
        for (std::uint32_t i = 0; i < document_.records.size() && !found_; ++i) check_record(i);
        for (std::uint32_t i = 0; i < document_.interfaces.size() && !found_; ++i)
            check_interface(i);
        if (!found_) check_main();
        if (!found_ && strict_) check_containment();
        if (!found_) check_method_count();
        return std::move(found_);
    }

private:
    template <typename... Parts>
    void complain(reason reason, position where, const Parts&... parts) {
        if (!found_) found_ = violation{reason, where, concat(parts...)};
    }

    void check_name(const std::string& name, position where) {
        std::string wrong = complaint_about_name(name);
        if (!wrong.empty()) complain(reason::bad_name, where, wrong);
    }

    void check_type_name(const std::string& name, position where) {
        check_name(name, where);
        if (!types_.insert(name).second && strict_) {
            complain(reason::duplicate_type, where, "a second type is called ", name);
        }
    }

    class seen_names {
    public:
        seen_names(finder& finder, std::string_view word) : finder_(finder), word_(word) {}
        void add(const std::string& name, position where) {
            finder_.check_name(name, where);
            if (!seen_.insert(name).second && finder_.strict_) {
                finder_.complain(reason::duplicate_member, where, "a second ", word_, " is called ",
                                 name);
            }
        }

    private:
        finder& finder_;
        std::string_view word_;
        std::unordered_set<std::string_view> seen_;
    };

    void check_head() {
        if (!is_utf8(document_.label)) complain(reason::not_utf8, {}, "a label that is not UTF-8");
        if (!is_width(document_.method_ref_bytes)) {
            complain(reason::bad_width, {}, "references to methods of ", document_.method_ref_bytes,
                     " bytes, expected 1, 2, 4 or 8");
        }
        if (!is_width(document_.object_ref_bytes)) {
            complain(reason::bad_width, {}, "references to objects of ", document_.object_ref_bytes,
                     " bytes, expected 1, 2, 4 or 8");
        }
    }

    void check_enum(std::uint32_t index) {
        const enumeration& enumeration = document_.enumerations[index];
        position where{kind::enumeration, index};
        check_type_name(enumeration.name, where);
        if (enumeration.values.size() > max_enum_values) {
            complain(reason::too_many_values, where, enumeration.values.size(),
                     " values; limit is ", max_enum_values);
            return;
        }
        seen_names seen(*this, "value");
        for (std::uint32_t i = 0; i < enumeration.values.size(); ++i) {
            where.member = i;
            seen.add(enumeration.values[i], where);
        }
    }

    /// Whether a type is listed, and is no array of nothing.
    void check_type(const type& type, position where) {
        std::size_t listed = 0;
        switch (type.kind) {
        case kind::enumeration: listed = document_.enumerations.size(); break;
        case kind::record: listed = document_.records.size(); break;
        case kind::interface: listed = document_.interfaces.size(); break;
        default:
            if (type.kind == kind::void_ && type.array)
                complain(reason::void_array, where, "an array of void, which remcall cannot write");
            if (type.kind > kind::interface)
                complain(reason::unknown_type, where, "a type of kind ",
                         static_cast<unsigned>(type.kind), ", expected 0 to 18");
            return;
        }
        if (type.index < listed) return;
        complain(reason::unknown_type, where,
                 "a type that the schema does not list: ", to_string(type.kind), " ", type.index,
                 " of ", listed);
    }

    void check_record(std::uint32_t index) {
        const record& record = document_.records[index];
        position where{kind::record, index};
        check_type_name(record.name, where);
        seen_names seen(*this, "field");
        for (std::uint32_t i = 0; i < record.fields.size(); ++i) {
            const member& field = record.fields[i];
            where.member = i;
            seen.add(field.name, where);
            check_type(field.type, where);
            if (field.type.kind == kind::void_) complain(reason::void_field, where, "type void");
        }
    }

    void check_interface(std::uint32_t index) {
        const interface& interface = document_.interfaces[index];
        position where{kind::interface, index};
        check_type_name(interface.name, where);
        if (interface.methods.empty()) {
            complain(reason::no_methods, where, "no methods; remcall wants one at least");
        }
        seen_names methods(*this, "method");
        for (std::uint32_t m = 0; m < interface.methods.size() && !found_; ++m) {
            const method& method = interface.methods[m];
            where.member = m;
            where.argument = position::none;
            methods.add(method.name, where);
            check_type(method.result, where);
            seen_names arguments(*this, "argument");
            for (std::uint32_t a = 0; a < method.arguments.size(); ++a) {
                const member& argument = method.arguments[a];
                where.argument = a;
                arguments.add(argument.name, where);
                check_type(argument.type, where);
                if (argument.type.kind == kind::void_ && strict_)
                    complain(reason::void_argument, where, "type void");
            }
        }
    }

    void check_main() {
        const auto find = [](const auto& all) -> std::uint32_t {
            for (std::uint32_t i = 0; i < all.size(); ++i) {
                if (all[i].name == main_name) return i;
            }
            return position::none;
        };
        if (find(document_.interfaces) != position::none) return;
        for (const auto& [section, at] :
             {std::pair{kind::enumeration, find(document_.enumerations)},
              std::pair{kind::record, find(document_.records)}}) {
            if (at == position::none) continue;
            if (strict_)
                complain(reason::main_is_no_interface, {section, at}, "it has to be an interface");
            return;
        }
        complain(reason::no_main, {}, "no interface is called Main");
    }

    void check_containment() {
        if (const auto at = self_containing(document_)) {
            complain(reason::contains_itself, {kind::record, *at},
                     "it contains itself other than in an array");
        }
    }

    void check_method_count() {
        std::uint64_t count = 0;
        for (const interface& each : document_.interfaces) count += each.methods.size();
        const unsigned width = document_.method_ref_bytes;
        if (width < 8 && count > std::uint64_t{1} << (8 * width)) {
            complain(reason::too_many_methods, {}, count, " methods; references of ", width,
                     width == 1 ? " byte" : " bytes", " number at most ",
                     std::uint64_t{1} << (8 * width));
        }
    }

    const document& document_;
    bool strict_;
    std::unordered_set<std::string_view> types_;
    std::optional<violation> found_;
};

} // namespace

std::optional<violation> find_violation(const document& document, remcall::strictness strictness) {
    return finder(document, strictness == remcall::strictness::strict).run();
}

std::string describe(const document& document, const position& where) {
    if (where.declaration == position::none) return "the schema";
    const std::uint32_t at = where.declaration;
    const bool inside = where.member != position::none;
    switch (where.section) {
    case kind::enumeration: {
        const enumeration& found = document.enumerations[at];
        return concat("enum ", shown(found.name),
                      inside ? concat(", value ", shown(found.values[where.member])) : "");
    }
    case kind::record: {
        const record& found = document.records[at];
        return concat("record ", shown(found.name),
                      inside ? concat(", field ", shown(found.fields[where.member].name)) : "");
    }
    default: break;
    }
    const interface& found = document.interfaces[at];
    std::string out = concat("interface ", shown(found.name));
    if (!inside) return out;
    const method& method = found.methods[where.member];
    out += concat(", method ", shown(method.name));
    if (where.argument != position::none) {
        out += concat(", argument ", shown(method.arguments[where.argument].name));
    }
    return out;
}

std::string complaint_about_name(std::string_view name) {
    if (is_name(name)) return {};
    return concat("found the name ", quoted(name),
                  ", expected ASCII letters and digits, a letter first");
}

result<void> check(const document& document, remcall::strictness strictness) {
    const auto found = find_violation(document, strictness);
    if (!found) return {};
    return schema_failure(errc::invalid_argument, found->why, std::nullopt,
                          describe(document, found->where), ": ", found->message);
}

} // namespace beckon::schema::remcall
