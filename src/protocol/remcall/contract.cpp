#include "protocol/remcall/contract.hpp"

#include <algorithm>

#include "beckon/object/dynamic_interface.hpp"
#include "beckon/schema/remcall/binary.hpp"
#include "beckon/schema/remcall/calls.hpp"

namespace beckon::remcall {

namespace model = schema::remcall;

result<std::shared_ptr<const contract>> contract::of(const interface_descriptor& main, role of_whom,
                                                     const std::string& label) {
    const intrusive_ptr<const dynamic_schema> all = dynamic_schema::of(main);
    const schema::document& document = all->document();
    const bool has_main =
        of_whom == role::client && document.find_interface(model::main_name) != nullptr;
    return make(intrusive_ptr<const ref_counted>(all.get()), nullptr, document,
                std::string(has_main ? model::main_name : main.name), label);
}

result<std::shared_ptr<const contract>>
contract::of(std::shared_ptr<const schema::document> document) {
    const schema::document& whole = *document;
    return make({}, std::move(document), whole, std::string(model::main_name), {});
}

result<std::shared_ptr<const contract>> contract::make(intrusive_ptr<const ref_counted> owner,
                                                       std::shared_ptr<const schema::document> kept,
                                                       const schema::document& document,
                                                       std::string main, const std::string& label) {
    const model::from_options options{.main = main};
    auto all = model::from_document(document, options);
    if (!all) {
        auto part = model::part_of(document, options);
        if (!part) return std::move(all).error();
        all = std::move(part);
    }
    const std::shared_ptr<contract> made(new contract);
    made->owner_ = std::move(owner);
    made->kept_ = std::move(kept);
    made->document_ = &document;
    made->main_name_ = std::move(main);
    made->converted_ = std::move(*all);
    if (made->converted_.document.label.empty()) made->converted_.document.label = label;
    const model::document& theirs = made->converted_.document;
    made->forms_ = std::make_unique<remcall::forms>(document, theirs.object_ref_bytes);

    const model::call_numbers numbers(theirs);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const model::method_place place = *numbers.find(i);
        const schema::interface& interface =
            document.interfaces[made->converted_.interfaces[place.interface]];
        const schema::method& method =
            interface.methods[made->converted_.methods[place.interface][place.method]];
        made->methods_.push_back({i, &interface, &method, forms::takes_extension(method),
                                  forms::is_extension(method.result)});
    }
    for (const method_form& each : made->methods_)
        made->by_name_.emplace(
            std::pair<std::string_view, std::string_view>(each.interface->name, each.method->name),
            &each);
    BECKON_ASSIGN(made->encoded_, model::write(theirs));
    std::copy(made->encoded_.end() - static_cast<std::ptrdiff_t>(made->digest_.size()),
              made->encoded_.end(), made->digest_.begin());
    return std::shared_ptr<const contract>(made);
}

result<const method_form*> contract::find(std::string_view interface,
                                          std::string_view method) const {
    const auto found = by_name_.find({interface, method});
    if (found != by_name_.end()) return found->second;
    const schema::interface* const declared = document_->find_interface(interface);
    if (declared == nullptr) {
        return fail(errc::schema_mismatch, "the schema of the conversation has no interface ",
                    quoted(interface));
    }
    const auto same = [&](const auto& each) { return each.name == method; };
    if (std::any_of(declared->methods.begin(), declared->methods.end(), same)) {
        for (const schema::problem& each : converted_.left_out) {
            const schema::place& where = each.where;
            if (where.section == schema::section::interfaces &&
                &document_->interfaces[where.declaration] == declared &&
                where.member < declared->methods.size() &&
                declared->methods[where.member].name == method) {
                return fail(errc::unsupported, "remcall cannot carry ", interface, '.', method,
                            ": ", each.message);
            }
        }
        return fail(errc::unsupported, "remcall cannot carry ", interface, '.', method);
    }
    return fail(errc::unknown_method, "interface ", interface, " has no method ", quoted(method));
}

namespace {

/// Everything that calls depend on: neither label nor the order in which methods were declared.
[[nodiscard]] model::document without_order(model::document document) {
    document.label.clear();
    for (model::interface& each : document.interfaces) {
        std::stable_sort(each.methods.begin(), each.methods.end(),
                         [](const auto& a, const auto& b) { return a.name < b.name; });
    }
    return document;
}

template <typename T>
[[nodiscard]] std::optional<std::string>
first_difference(std::string_view what, const std::vector<T>& ours, const std::vector<T>& theirs) {
    for (std::size_t i = 0; i < std::max(ours.size(), theirs.size()); ++i) {
        if (i >= theirs.size()) return concat("it has no ", what, ' ', ours[i].name);
        if (i >= ours.size()) return concat("it has another ", what, ", ", theirs[i].name);
        if (ours[i].name != theirs[i].name)
            return concat("it has ", what, ' ', theirs[i].name, " in place of ", ours[i].name);
        if (!(ours[i] == theirs[i]))
            return concat(what, ' ', ours[i].name, " is another one there");
    }
    return {};
}

} // namespace

std::optional<std::string> contract::difference(const model::document& other) const {
    const model::document ours = without_order(model());
    const model::document theirs = without_order(other);
    if (ours.method_ref_bytes != theirs.method_ref_bytes ||
        ours.object_ref_bytes != theirs.object_ref_bytes) {
        return concat("it has references of ", theirs.method_ref_bytes, " and ",
                      theirs.object_ref_bytes, " bytes in place of ", ours.method_ref_bytes,
                      " and ", ours.object_ref_bytes);
    }
    if (auto found = first_difference("enum", ours.enumerations, theirs.enumerations)) return found;
    if (auto found = first_difference("record", ours.records, theirs.records)) return found;
    return first_difference("interface", ours.interfaces, theirs.interfaces);
}

} // namespace beckon::remcall
