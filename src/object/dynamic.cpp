#include "beckon/object/dynamic.hpp"

#include "beckon/object/dynamic_context.hpp"

namespace beckon {

void dynamic::change(dynamic_request request) {
    finish<void>(detail::ask(content_, std::move(request), &content_));
}

void dynamic::set(std::string_view name, const value& attribute) {
    change(detail::make_request(operation::set_attribute, name, attribute));
}

void dynamic::erase(std::string_view name) {
    change(detail::make_request(operation::delete_attribute, name));
}

void dynamic::set_item(const value& key, const value& item) {
    change(detail::make_request(operation::call_method, "__setitem__", key, item));
}

void dynamic::erase_item(const value& key) {
    change(detail::make_request(operation::call_method, "__delitem__", key));
}

const dynamic& dynamic_place::read() const {
    if (!read_) {
        read_ = which_ == kind_of_place::attribute ? of_.get(key_.string()) : of_.get_item(key_);
    }
    return *read_;
}

void dynamic_place::assign(const dynamic& content) const {
    const bool is_attribute = which_ == kind_of_place::attribute;
    read_.reset();
    if (variable_ != nullptr && !of_.is_object()) {
        is_attribute ? variable_->set(key_.string(), content.content())
                     : variable_->set_item(key_, content.content());
        return;
    }
    const dynamic& of = of_;
    is_attribute ? of.set(key_.string(), content.content()) : of.set_item(key_, content.content());
}

detail::plan dynamic_place::ask_call(dynamic_request request) const {
    if (which_ == kind_of_place::item || read_) return detail::ask(content(), std::move(request));
    request.what = operation::call_method;
    request.name = key_.string();
    return detail::ask(of_.content(), std::move(request));
}

namespace detail {

namespace {

[[nodiscard]] std::shared_ptr<const call_options> options_of(const dynamic& left,
                                                             const dynamic& right) {
    return left.shared_options() ? left.shared_options() : right.shared_options();
}

void add_by_name(dynamic_request& request, const value& name, value content) {
    if (!name.is(value_kind::string)) {
        throw_error(fail(errc::invalid_argument, "name of an argument is ", name.type_name(),
                         "; expected string"));
    }
    if (request.named.contains(name)) {
        throw_error(fail(errc::invalid_argument, "argument ", quoted(name.string()), " of ",
                         request.name.empty() ? to_string(request.what) : request.name,
                         " is given twice"));
    }
    request.named.insert_or_assign(name, std::move(content));
}

} // namespace

void add_argument(dynamic_request& request, named_argument given) {
    add_by_name(request, value(std::move(given.name)), std::move(given.content));
}

void add_argument(dynamic_request& request, unpacked given) {
    if (!given.items.is_sequence()) {
        throw_error(fail(errc::invalid_argument, "arguments to unpack are ",
                         given.items.type_name(), "; expected a list, tuple or set"));
    }
    for (const value& each : given.items) request.arguments.push_back(each);
}

void add_argument(dynamic_request& request, unpacked_names given) {
    if (!given.entries.is(value_kind::map)) {
        throw_error(fail(errc::invalid_argument, "arguments to unpack by name are ",
                         given.entries.type_name(), "; expected a map"));
    }
    for (const map_entry& each : given.entries.entries())
        add_by_name(request, each.key, each.mapped);
}

error with_type_name(error failure, const value& found) {
    if (!found.is(value_kind::reference)) return failure;
    return fail(failure.code(), failure.message(), ", which is an object of type ",
                quoted(type_name_of(found)));
}

bool compare(const dynamic& left, comparison how, const dynamic& right) {
    return dynamic(left.content(), options_of(left, right)).compare(how, right.content());
}

dynamic combine(const dynamic& left, const binary_operator& how, const dynamic& right) {
    return dynamic(left.content(), options_of(left, right)).apply(how, right.content());
}

void leave_with_exception(const dynamic& context) {
    const error failure = beckon::error_of_current_exception();
    if (!context.leave(value(python::type_name_of(failure)))) throw;
}

} // namespace detail
} // namespace beckon
