#include "generate/variants.hpp"

#include "beckon/base/text.hpp"
#include "generate/places.hpp"

namespace beckon::generate {

namespace {

std::string joined_name(const schema::type& type, const variant_naming& how) {
    constexpr std::size_t longest = 48;
    std::string name;
    for (const std::string& case_name : type.case_names) {
        if (name.size() + case_name.size() > longest) {
            name += how.rest;
            break;
        }
        name += concat(name.empty() ? "" : how.joint, convert(case_name, how.style));
    }
    if (how.adjust) how.adjust(name, type);
    return name;
}

} // namespace

void variant_table::collect(const schema::document& document, const variant_naming& how,
                            std::unordered_set<std::string>& taken) {
    for_each_type(document,
                  [&](const schema::type& type, schema::place at) { add(type, at, how, taken); });
}

/// `at` counts the nodes of the whole type as it is walked.
void variant_table::add(const schema::type& type, schema::place& at, const variant_naming& how,
                        std::unordered_set<std::string>& taken) {
    const schema::place here = at;
    for (const schema::type& argument : type.arguments) {
        ++at.part;
        add(argument, at, how, taken);
    }
    if (type.kind != schema::kind::variant) return;
    if (!places_.emplace(to_string(type), all_.size()).second) return;
    const std::string name = joined_name(type, how);
    std::string numbered = name;
    for (unsigned i = 2; !taken.insert(numbered).second; ++i) {
        numbered = concat(name, how.numbered, i);
    }
    all_.push_back({numbered, type, here});
}

const std::string& variant_table::name_of(const schema::type& type) const {
    return all_[places_.at(to_string(type))].name;
}

void for_each_type(const schema::document& document,
                   const std::function<void(const schema::type&, const schema::place&)>& visit) {
    const auto visit_fields = [&visit](const std::vector<schema::field>& fields, schema::place at,
                                       std::uint32_t schema::place::*index) {
        for (std::uint32_t i = 0; i < fields.size(); ++i) {
            at.*index = i;
            visit(fields[i].type, at);
        }
    };
    const auto type_of = [](schema::place at) {
        at.aspect = schema::aspect::type;
        return at;
    };
    for (const auto* records : {&document.records, &document.exceptions}) {
        for (const schema::record& record : *records) {
            visit_fields(record.fields, type_of(place_of(document, record)),
                         &schema::place::member);
        }
    }
    for (const schema::interface& interface : document.interfaces) {
        for (const schema::method& method : interface.methods) {
            const schema::place at =
                type_of(place_of(interface, method, place_of(document, interface)));
            visit_fields(method.parameters, at, &schema::place::parameter);
            visit(method.result, at);
        }
    }
}

} // namespace beckon::generate
