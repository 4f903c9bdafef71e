#include <algorithm>
#include <string>
#include <vector>

#include "beckon/schema/binary.hpp"
#include "schema/binary_format.hpp"
#include "schema/comments.hpp"
#include "schema/sorted.hpp"

namespace beckon::schema {

namespace {

class writer {
public:
    void put_raw(std::string_view raw) {
        const byte_view view = as_bytes(raw);
        out.insert(out.end(), view.begin(), view.end());
    }
    void put_u8(unsigned number) { out.push_back(static_cast<std::byte>(number)); }
    void put_u32(std::size_t number) {
        for (unsigned shift = 0; shift < 32; shift += 8) {
            put_u8(static_cast<unsigned>(number >> shift & 0xff));
        }
    }
    void put_text(std::string_view text) {
        put_u32(text.size());
        put_raw(text);
    }

    void put(const type& type) {
        put_u8(static_cast<unsigned>(type.kind));
        if (type.kind >= kind::enumeration) put_text(type.name);
        if (type.kind == kind::tuple || type.kind == kind::variant) {
            put_u32(type.arguments.size());
        }
        for (std::size_t i = 0; i < type.arguments.size(); ++i) {
            if (type.kind == kind::variant) {
                put_text(i < type.case_names.size() ? type.case_names[i] : "");
            }
            put(type.arguments[i]);
        }
    }

    void put(const enumeration& enumeration) {
        put_text(enumeration.name);
        put_u32(enumeration.enumerators.size());
        for (const enumerator& enumerator : enumeration.enumerators) {
            put_text(enumerator.name);
            put_u32(static_cast<std::uint32_t>(enumerator.number));
        }
    }

    void put(const record& record) {
        put_text(record.name);
        put_u32(record.fields.size());
        for (const field& field : record.fields) {
            put_text(field.name);
            put(field.type);
            put_text(field.default_value);
        }
    }

    void put(const interface& interface) {
        put_text(interface.name);
        put_u32(interface.methods.size());
        for (const method& method : interface.methods) {
            put_text(method.name);
            put_u8((method.oneway ? oneway_flag : 0u) | (method.idempotent ? idempotent_flag : 0u));
            put_u32(method.parameters.size());
            for (const field& parameter : method.parameters) {
                put_text(parameter.name);
                put(parameter.type);
            }
            put(method.result);
        }
    }

    template <typename Declarations>
    void put_section(const Declarations& declarations) {
        put_u32(declarations.size());
        for (const auto& declaration : declarations) put(declaration);
    }

    void put_annotations(const document& document) {
        put_raw(annotation_magic);
        put_text(document.label);
        put_text(document.cpp_namespace);
        put_u8(document.method_ref_bytes);
        put_u8(document.object_ref_bytes);
        put_text(normalized_doc(document.doc));
        std::vector<std::string> docs;
        for_each_doc(document,
                     [&docs](const std::string& doc) { docs.push_back(normalized_doc(doc)); });
        put_u32(docs.size() -
                static_cast<std::size_t>(std::count(docs.begin(), docs.end(), std::string())));
        for (std::size_t i = 0; i < docs.size(); ++i) {
            if (docs[i].empty()) continue;
            put_u32(i);
            put_text(docs[i]);
        }
        put_raises(document);
    }

    void put_raises(const document& document) {
        std::vector<const method*> methods;
        std::size_t raising = 0;
        for (const interface& interface : document.interfaces) {
            for (const method& method : interface.methods) {
                methods.push_back(&method);
                raising += method.raises.empty() ? 0 : 1;
            }
        }
        put_u32(raising);
        for (std::size_t i = 0; i < methods.size(); ++i) {
            if (methods[i]->raises.empty()) continue;
            put_u32(i);
            put_u32(methods[i]->raises.size());
            for (const std::string& name : methods[i]->raises) put_text(name);
        }
        put_commands(methods);
    }

    void put_commands(const std::vector<const method*>& methods) {
        const auto given = [](const method* each) { return each->command.has_value(); };
        const auto count = std::count_if(methods.begin(), methods.end(), given);
        if (count == 0) return;
        put_u32(static_cast<std::size_t>(count));
        for (std::size_t i = 0; i < methods.size(); ++i) {
            if (!methods[i]->command) continue;
            put_u32(i);
            put_u32(*methods[i]->command);
        }
    }

    bytes out;
};

} // namespace

bytes encode(const document& document, annotations extra) {
    const schema::document ordered = sorted(document);
    writer writer;
    writer.put_raw(schema_magic);
    writer.put_section(ordered.enumerations);
    writer.put_section(ordered.records);
    writer.put_section(ordered.exceptions);
    writer.put_section(ordered.interfaces);
    if (extra == annotations::included) writer.put_annotations(ordered);
    return std::move(writer.out);
}

digest digest_of(const document& document) { return sha256(encode(document)); }

result<digest> digest_of_interface(const document& document, std::string_view interface_name) {
    BECKON_ASSIGN(const schema::document needed, closure(document, interface_name));
    return digest_of(needed);
}

} // namespace beckon::schema
