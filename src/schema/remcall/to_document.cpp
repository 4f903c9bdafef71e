#include "beckon/base/text.hpp"
#include "beckon/schema/remcall/convert.hpp"
#include "schema/limits.hpp"

namespace beckon::schema::remcall {

namespace {

class builder {
public:
    explicit builder(const document& from) : from_(from) {}

    schema::document run() const {
        schema::document out;
        out.label = from_.label;
        out.method_ref_bytes = from_.method_ref_bytes;
        out.object_ref_bytes = from_.object_ref_bytes;
        for (const enumeration& each : from_.enumerations) {
            schema::enumeration& made = out.enumerations.emplace_back();
            made.name = each.name;
            for (std::size_t i = 0; i < each.values.size(); ++i) {
                made.enumerators.push_back({each.values[i], static_cast<std::int32_t>(i), {}});
            }
        }
        for (const record& each : from_.records) {
            out.records.push_back({each.name, convert(each.fields), {}});
        }
        for (const interface& each : from_.interfaces) {
            schema::interface& made = out.interfaces.emplace_back();
            made.name = each.name;
            for (const method& method : each.methods) {
                schema::method& target = made.methods.emplace_back();
                target.name = method.name;
                target.parameters = convert(method.arguments);
                target.result = convert(method.result);
            }
        }
        return out;
    }

private:
    [[nodiscard]] schema::type convert(const type& type) const {
        schema::type out;
        switch (type.kind) {
        case kind::enumeration:
            out.kind = schema::kind::enumeration;
            out.name = from_.enumerations[type.index].name;
            break;
        case kind::record:
            out.kind = schema::kind::record;
            out.name = from_.records[type.index].name;
            break;
        case kind::interface:
            out.kind = schema::kind::interface;
            out.name = from_.interfaces[type.index].name;
            break;
        default: out.kind = static_cast<schema::kind>(type.kind); // the same numbers
        }
        if (!type.array) return out;
        schema::type list;
        list.kind = schema::kind::list;
        list.arguments.push_back(std::move(out));
        return list;
    }

    [[nodiscard]] std::vector<schema::field> convert(const std::vector<member>& members) const {
        std::vector<schema::field> out;
        for (const member& each : members) out.push_back({each.name, convert(each.type), {}, {}});
        return out;
    }

    const document& from_;
};

const std::string* find_long_name(const document& document) {
    const auto find = [](const auto& all) -> const std::string* {
        for (const auto& each : all) {
            if (each.name.size() > max_name_bytes) return &each.name;
        }
        return nullptr;
    };
    if (const std::string* const name = find(document.enumerations)) return name;
    if (const std::string* const name = find(document.records)) return name;
    return find(document.interfaces);
}

} // namespace

result<schema::document> to_document(const remcall::document& document) {
    // Each use of a type gets a copy of its name, so none may be long before check() can say so.
    if (const std::string* const name = find_long_name(document)) {
        return fail(errc::unsupported, "found a type with a name of ", name->size(),
                    " bytes; limit is ", max_name_bytes, " bytes");
    }
    remcall::document sorted = document;
    put_in_order(sorted);
    schema::document out = builder(sorted).run();
    const std::vector<problem> wrong = schema::check(out, 1);
    if (wrong.empty()) return out;
    return fail(errc::unsupported, schema::describe(out, wrong[0].where), ": ", wrong[0].message,
                "; remcall tolerates that, Beckon does not");
}

} // namespace beckon::schema::remcall
