#include "object/answering_servant.hpp"

#include "beckon/object/exception.hpp"
#include "object/bound_method.hpp"
#include "object/fetched_call.hpp"
#include "object/python_text.hpp"
#include "object/python_words.hpp"

namespace beckon::detail {

void answering_servant::dispatch(incoming_call& call) noexcept {
    call.reject(fail(errc::unsupported, "objects of type ", interface_name(),
                     " have no interface, and no methods by number"));
}

answering_servant::answer answering_servant::operate_safely(dynamic_request& request) noexcept {
    try {
        return operate(request);
    } catch (const value_error& failure) {
        return failure.failure();
    } catch (...) {
        return error_of_current_exception();
    }
}

void answering_servant::perform(incoming_call& call) noexcept {
    dynamic_request& request = *call.request;
    if (request.what == operation::call_method) {
        const member* const found = find_member(request.name);
        // The index of an item that is set is no iterable, nor is what is put at a place.
        const bool sets_item = request.name == "__setitem__";
        const std::size_t first = sets_item ? 1 : 0;
        if (found != nullptr && found->iterates && must_wait_for_items(request, first) &&
            (!sets_item || request.arguments[0].is(value_kind::slice))) {
            return fetch_and_answer(
                *this, call, first, what() == nature::map && request.name != "fromkeys",
                [self = intrusive_ptr<answering_servant>(this)](dynamic_request& ready) {
                    return self->operate_safely(ready);
                });
        }
    }
    call.enter_handler();
    answer outcome = operate_safely(request);
    call.leave_handler();
    if (!outcome) return call.reject(std::move(outcome).error());
    call.reply_value(*std::move(outcome));
}

const answering_servant::member*
answering_servant::find_member(std::string_view name) const noexcept {
    for (const member& each : members()) {
        if (each.name == name) return &each;
    }
    return nullptr;
}

error answering_servant::lacks(std::string_view name) const {
    return fail(errc::unknown_method, python_quoted(interface_name()), " object has no attribute ",
                python_quoted(name));
}

answering_servant::answer answering_servant::operate(dynamic_request& request) {
    switch (request.what) {
    case operation::root: return value(intrusive_ptr<referent>(this));
    case operation::call_method:
        if (const member* const found = find_member(request.name))
            return found->run(*this, request);
        if (const auto means = spelled_operation(request.name)) {
            request.what = *means;
            return operate(request);
        }
        if (request.name == "__format__") {
            BECKON_TRY(take_format(request, interface_name()));
            return operate(request);
        }
        return lacks(request.name);
    case operation::get_attribute: return get_attribute(request.name);
    case operation::set_attribute: return set_attribute(request.name, request.arguments[0]);
    case operation::delete_attribute:
        if (find_member(request.name) == nullptr) return lacks(request.name);
        return fail(errc::access_denied, interface_name(), ".", request.name, " cannot be deleted");
    case operation::compare: return compare(request.name, request.arguments[0]);
    case operation::to_text:
    case operation::to_repr: {
        text_writer out;
        write_repr(out);
        return std::move(out).take();
    }
    case operation::hash: return hash();
    case operation::names: {
        value listed = value::list();
        for (const member& each : members()) listed.push_back(value(each.name));
        add_names(listed);
        return listed;
    }
    case operation::describe: {
        value listed = value::list();
        for (const member& each : members())
            listed.push_back(value::tuple({value(each.name), doc_value(each.doc)}));
        return listed;
    }
    case operation::next_items: {
        BECKON_ASSIGN(const std::int64_t most, to_index(request.arguments[0]));
        if (most < 0) return fail(errc::invalid_argument, "caller asks for ", most, " items");
        return next_items(std::min(static_cast<std::size_t>(most), max_batch));
    }
    case operation::call:
        if (const member* const found = find_member("__call__")) return found->run(*this, request);
        return type_error(concat(python_quoted(interface_name()), " object is not callable"));
    case operation::leave_context:
        if (const member* const found = find_member("__exit__")) return found->run(*this, request);
        return lacks("__exit__");
    case operation::is_instance:
        return type_error(concat("an object of type ", interface_name(), " is no class"));
    }
    return fail(errc::unsupported, "operation is unknown");
}

answering_servant::answer answering_servant::get_attribute(std::string_view name) {
    const member* const found = find_member(name);
    if (found == nullptr) {
        if (name == "__doc__") return value();
        return lacks(name);
    }
    return value(intrusive_ptr<referent>(make_counted<bound_method>(
        intrusive_ptr<servant>(this), found->name, doc_value(found->doc))));
}

answering_servant::answer answering_servant::set_attribute(std::string_view name, value content) {
    static_cast<void>(content);
    if (find_member(name) == nullptr) return lacks(name);
    return fail(errc::access_denied, interface_name(), ".", name, " is read-only");
}

answering_servant::answer answering_servant::hash() const { return value(identity_hash(*this)); }

answering_servant::answer answering_servant::compare(std::string_view how,
                                                     const value& other) const {
    if (how == "__eq__") return value(same_object(*this, other));
    if (how == "__ne__") return value(!same_object(*this, other));
    return value();
}

answering_servant::answer answering_servant::next_items(std::size_t) {
    return type_error(concat(python_quoted(interface_name()), " object is not iterable"));
}

void answering_servant::add_names(value&) const {}

void answering_servant::write_repr(text_writer& out) const { out.add(object_text(*this)); }

result<void> expect_arguments(const dynamic_request& request, std::size_t least, std::size_t most) {
    const std::size_t count = request.arguments.size();
    if (!request.named.empty())
        return type_error(concat(request.name, "() takes no keyword arguments"));
    if (count >= least && count <= most) return {};
    return type_error(concat(request.name, "() takes ", least == most ? "" : "at least ",
                             least == most || count < least ? least : most, " arguments (", count,
                             " given)"));
}

result<std::int64_t> to_index(const value& given) {
    if (given.is(value_kind::boolean)) return std::int64_t{given.boolean() ? 1 : 0};
    if (given.is_int64()) return given.int64();
    if (given.is(value_kind::integer)) {
        return named_error("builtins.IndexError", "cannot fit 'int' into an index-sized integer");
    }
    return type_error(
        concat(python_quoted(python_type(given)), " object cannot be interpreted as an integer"));
}

error type_error(std::string message) {
    return named_error("builtins.TypeError", std::move(message));
}

} // namespace beckon::detail
