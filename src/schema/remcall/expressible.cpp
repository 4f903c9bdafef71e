#include "schema/remcall/expressible.hpp"

#include <algorithm>
#include <utility>

#include "beckon/base/text.hpp"
#include "schema/remcall/rules.hpp"

namespace beckon::schema::remcall {

namespace {

using schema_kind = schema::kind;
using verdict = expressible::verdict;

place at(section section, std::uint32_t declaration, std::uint32_t member = place::none,
         std::uint32_t parameter = place::none) {
    return {section, declaration, member, parameter};
}

/// The names of one scope, as remcall is to have them.
class name_scope {
public:
    explicit name_scope(bool lenient) : lenient_(lenient) {}

    /// What is wrong with the name of what is at `where`, if anything.
    std::optional<problem> add(const std::string& name, const place& where) {
        std::string as = to_name(name);
        if (as.empty()) {
            return problem{where,
                           concat("the name ", quoted(name),
                                  " has no form in remcall, which has letters and digits alone, a "
                                  "letter first"),
                           std::nullopt};
        }
        const auto [found, fresh] = origins_.emplace(std::move(as), origin{name, where});
        const origin& first = found->second;
        if (fresh || (lenient_ && first.name == name)) return std::nullopt;
        const bool is_chosen = first.where == chosen_;
        return problem{where,
                       is_chosen
                           ? concat(name, " is ", found->first, " in remcall, which interface ",
                                    first.name, " is to be called")
                           : concat("the names ", first.name, " and ", name, " are both ",
                                    found->first, " in remcall"),
                       first.where, "the other one is here", !is_chosen};
    }

    /// The interface that is called Main there, whatever it is called here.
    void choose(const std::string& name, const place& where) {
        if (name != main_name) chosen_ = where;
        origins_.emplace(main_name, origin{name, where});
    }

private:
    struct origin {
        std::string name;
        place where;
    };

    bool lenient_;
    std::optional<place> chosen_;
    std::unordered_map<std::string, origin> origins_;
};

} // namespace

std::string to_name(std::string_view name) {
    std::string out;
    bool raise = false;
    for (const char letter : name) {
        if (letter == '_') {
            raise = !out.empty();
            continue;
        }
        const bool lower = letter >= 'a' && letter <= 'z';
        out += raise && lower ? static_cast<char>(letter - 'a' + 'A') : letter;
        raise = false;
    }
    return is_name(out) ? out : std::string();
}

expressible::expressible(const schema::document& document, const from_options& options)
    : document_(document), options_(options), lenient_(options.strictness == strictness::lenient),
      enums_(document.enumerations.size()), records_(document.records.size()),
      interfaces_(document.interfaces.size()), methods_(document.interfaces.size()) {
    const auto index = [](positions& at, const auto& all) {
        for (std::uint32_t i = 0; i < all.size(); ++i) at.emplace(all[i].name, i);
    };
    index(enum_at_, document.enumerations);
    index(record_at_, document.records);
    index(interface_at_, document.interfaces);
    const std::string_view wanted = options.main.empty() ? main_name : options.main;
    if (const auto found = interface_at_.find(wanted); found != interface_at_.end()) {
        main_ = found->second;
    }
    judge_names();
    for (std::uint32_t i = 0; i < enums_.size(); ++i) judge_enum(i);
    for (std::uint32_t i = 0; i < records_.size(); ++i) judge_record(i);
    for (std::uint32_t i = 0; i < interfaces_.size(); ++i) judge_interface(i);
}

std::uint32_t expressible::index_of(const schema::type& type) const {
    const positions& all = type.kind == schema_kind::enumeration ? enum_at_
                           : type.kind == schema_kind::record    ? record_at_
                                                                 : interface_at_;
    return all.find(type.name)->second;
}

std::string expressible::interface_name(std::uint32_t index) const {
    return main_ == index ? std::string(main_name) : to_name(document_.interfaces[index].name);
}

/// The first that is wrong with a part is its verdict.
void expressible::condemn(verdict& part, problem what) {
    if (part) {
        further_.push_back(std::move(what));
    } else {
        part = std::move(what);
    }
}

void expressible::judge_names() {
    name_scope names(lenient_);
    // The entry's name is settled, so it is the others that are in its way.
    if (main_) names.choose(document_.interfaces[*main_].name, at(section::interfaces, *main_));
    const auto judge = [&](std::vector<verdict>& verdicts, section section, const auto& all) {
        for (std::uint32_t i = 0; i < all.size(); ++i) {
            if (section == section::interfaces && main_ == i) continue;
            if (auto wrong = names.add(all[i].name, at(section, i)))
                condemn(verdicts[i], std::move(*wrong));
        }
    };
    judge(enums_, section::enumerations, document_.enumerations);
    judge(records_, section::records, document_.records);
    judge(interfaces_, section::interfaces, document_.interfaces);
}

void expressible::judge_enum(std::uint32_t index) {
    const auto& enumerators = document_.enumerations[index].enumerators;
    if (enumerators.size() > max_enum_values) {
        condemn(enums_[index],
                {at(section::enumerations, index),
                 concat(enumerators.size(), " values; remcall has at most ", max_enum_values),
                 std::nullopt});
    }
    name_scope names(lenient_);
    for (std::uint32_t i = 0; i < enumerators.size(); ++i) {
        if (auto wrong = names.add(enumerators[i].name, at(section::enumerations, index, i)))
            condemn(enums_[index], std::move(*wrong));
    }
}

void expressible::judge_record(std::uint32_t index) {
    const auto& fields = document_.records[index].fields;
    name_scope names(lenient_);
    for (std::uint32_t i = 0; i < fields.size(); ++i) {
        const place where = at(section::records, index, i);
        if (auto wrong = names.add(fields[i].name, where))
            condemn(records_[index], std::move(*wrong));
        judge_type(records_[index], fields[i].type, where);
    }
}

void expressible::judge_type(verdict& part, const schema::type& type, place where) {
    std::string wrong = complaint(type);
    if (wrong.empty()) return;
    where.aspect = aspect::type;
    condemn(part, {where, std::move(wrong), std::nullopt});
}

void expressible::judge_interface(std::uint32_t index) {
    const auto& methods = document_.interfaces[index].methods;
    methods_[index].resize(methods.size());
    if (methods.empty()) {
        condemn(interfaces_[index],
                {at(section::interfaces, index),
                 "an interface without methods, which remcall does not have", std::nullopt});
    }
    name_scope names(lenient_);
    for (std::uint32_t i = 0; i < methods.size(); ++i) {
        if (auto wrong = names.add(methods[i].name, at(section::interfaces, index, i)))
            condemn(methods_[index][i], std::move(*wrong));
        judge_method(index, i);
    }
}

void expressible::judge_method(std::uint32_t interface, std::uint32_t index) {
    const schema::method& method = document_.interfaces[interface].methods[index];
    verdict& out = methods_[interface][index];
    name_scope names(lenient_);
    for (std::uint32_t i = 0; i < method.parameters.size(); ++i) {
        const place where = at(section::interfaces, interface, index, i);
        if (auto wrong = names.add(method.parameters[i].name, where))
            condemn(out, std::move(*wrong));
        judge_type(out, method.parameters[i].type, where);
    }
    judge_type(out, method.result, at(section::interfaces, interface, index));
}

/// What of a type remcall has not, or an empty text. Declared types are judged where they are declared.
std::string expressible::complaint(const schema::type& type) const {
    const bool sent_alone = options_.values == values::sent;
    switch (type.kind) {
    case schema_kind::void_:
        // A document without rules may name what is not there.
        return type.name.empty() ? "" : concat("undefined type ", quoted(type.name));
    case schema_kind::optional:
        if (type.arguments[0].kind == schema_kind::interface) return {};
        return concat(to_string(type),
                      " cannot be said in remcall: only references can be nothing there");
    case schema_kind::map:
    case schema_kind::tuple:
    case schema_kind::variant:
    case schema_kind::any:
    case schema_kind::duration:
    case schema_kind::stream:
        return concat(to_string(type), " cannot be said in remcall, which has no ",
                      schema::to_string(type.kind));
    case schema_kind::list: {
        std::string wrong = complaint_about_element(type.arguments[0]);
        if (!wrong.empty() || !sent_alone) return wrong;
        break;
    }
    case schema_kind::boolean:
    case schema_kind::date:
    case schema_kind::time:
    case schema_kind::datetime:
    case schema_kind::bytes:
    case schema_kind::record: break;
    default: return {};
    }
    if (!sent_alone) return {};
    return concat("remcall can declare ", to_string(type), " but cannot send one");
}

std::string expressible::complaint_about_element(const schema::type& type) const {
    if (type.kind == schema_kind::list || type.kind == schema_kind::bytes) {
        return concat("list<", to_string(type),
                      "> cannot be said in remcall, which has no arrays of arrays");
    }
    return complaint(type);
}

std::vector<problem> expressible::problems() const {
    std::vector<problem> out;
    const auto take = [&out](const verdict& each) {
        if (each) out.push_back(*each);
    };
    std::ranges::for_each(enums_, take);
    std::ranges::for_each(records_, take);
    for (std::size_t i = 0; i < interfaces_.size(); ++i) {
        take(interfaces_[i]);
        std::ranges::for_each(methods_[i], take);
    }
    return out;
}

std::vector<problem> expressible::all_problems() const {
    std::vector<problem> out = problems();
    out.insert(out.end(), further_.begin(), further_.end());
    std::ranges::stable_sort(out, {}, &problem::where);
    return out;
}

problem expressible::no_main() const {
    const place nowhere{section::interfaces, place::none};
    if (options_.main.empty()) {
        return {nowhere, "no interface is called Main, and none is said to be it", std::nullopt};
    }
    return {nowhere, concat("no interface is called ", quoted(options_.main)), std::nullopt};
}

} // namespace beckon::schema::remcall
