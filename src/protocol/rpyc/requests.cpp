// Requests of the peer: what each of the twenty handlers asks of which object (docs/wire/rpyc.md, section 7).
#include <algorithm>
#include <array>
#include <limits>

#include "beckon/base/utf8.hpp"
#include "beckon/codec/brine.hpp"
#include "protocol/rpyc/blank_root.hpp"
#include "protocol/rpyc/boxing.hpp"
#include "protocol/rpyc/exception_dump.hpp"
#include "protocol/rpyc/rpyc_protocol.hpp"

namespace beckon::rpyc {

namespace {

/// Most items that one BUFFITER may ask for. Not a bound that the answer is cut to: who gets fewer than it asked for takes
/// that for the end.
constexpr std::int64_t most_items = 1'000'001;

[[nodiscard]] error python_error(errc code, std::string_view type, std::string text) {
    error failure(code, std::move(text));
    failure.set_type_name(concat("builtins.", type));
    return failure;
}

/// The name of an attribute: text, or bytes that are.
[[nodiscard]] result<std::string> name_in(const value& given) {
    if (given.is(value_kind::string)) return std::string(given.string());
    if (given.is(value_kind::bytes)) {
        const std::string_view text = as_text(given.bytes());
        if (is_utf8(text)) return std::string(text);
    }
    return python_error(errc::type_mismatch, "TypeError", "name must be a string");
}

/// Nothing else may be called in their name: who compares need not be allowed to call.
[[nodiscard]] bool is_comparison(std::string_view name) noexcept {
    constexpr std::array<std::string_view, 7> known{"__cmp__", "__eq__", "__ge__", "__gt__",
                                                    "__le__",  "__lt__", "__ne__"};
    return std::find(known.begin(), known.end(), name) != known.end();
}

[[nodiscard]] result<value> tuple_in(value given, std::string_view what) {
    if (given.is(value_kind::tuple)) return given;
    return python_error(errc::type_mismatch, "TypeError",
                        concat(what, " must be a tuple, not ", given.type_name()));
}

/// Pairs of names and values as a map.
[[nodiscard]] result<value> named_in(const value& given) {
    value named = value::map();
    BECKON_ASSIGN(const value pairs, tuple_in(given, "named arguments"));
    for (const value& each : pairs) {
        if (!each.is(value_kind::tuple) || each.size() != 2 || !each[0].is(value_kind::string)) {
            return python_error(errc::type_mismatch, "TypeError",
                                "named arguments must be pairs of a name and a value");
        }
        named.insert_or_assign(each[0], each[1]);
    }
    return named;
}

} // namespace

struct rpyc_protocol::asked {
    std::uint32_t object = 0;
    dynamic_request request;
    /// Set where nobody need be asked.
    std::optional<value> answer;
    bool is_last = false;
};

result<verdict> rpyc_protocol::take_request(envelope& request, byte_view message, byte_view rest,
                                            session_events& events) {
    const byte_view brine = message.last(request.body.offset() + request.body.left());
    result<std::int64_t> asked_for = read_handler(request.body);
    if (!asked_for && !is_brine(message, layout_, events.limits()))
        return std::move(asked_for).error();
    const std::int64_t number = asked_for ? *asked_for : -1;
    const auto what = static_cast<handler>(is_handler(number) ? number : 0);
    call_head head;
    if (request.threads.target == 0) request.threads.target = ++chains_; // whoever serves it
    head.call_id = open_.add({std::string(as_text(request.sequence)), what, request.threads});
    head.wire_bytes = static_cast<std::uint32_t>(message.size());
    asked wanted;
    result<void> read;
    if (!is_handler(number)) {
        read = python_error(errc::unsupported, "KeyError",
                            asked_for ? concat(number) : asked_for.error().message());
    } else {
        argument_reader arguments(request.body, brine, identities_);
        const auto opened = arguments.open();
        read = opened ? read_request(what, arguments, wanted, events) : opened.error();
        if (read && arguments.left() != 0) {
            read = python_error(
                errc::type_mismatch, "TypeError",
                concat(name_of(what), " got ", arguments.left(), " arguments too many"));
        }
    }
    if (!read) {
        // The connection lives on where the message could be understood as such, and where it is only more than we take:
        // its frame says where the next one begins.
        const bool is_too_much = read.error().code() == errc::limit_exceeded;
        if (!is_too_much && !is_brine(message, layout_, events.limits()))
            return std::move(read).error();
        events.on_bad_call(head, std::move(read).error());
        return verdict::go_on;
    }
    if (wanted.is_last) {
        open_.remove(head.call_id);
        events.on_bye();
        return verdict::stop;
    }
    if (wanted.answer) {
        answer_at_once(head.call_id, *wanted.answer, events);
        return verdict::go_on;
    }
    head.object = wanted.object;
    if (const servant* const target = identities_.find(wanted.object); target != nullptr) {
        auto admitted = holdings_.admit(*target, wanted.request, events.references());
        if (!admitted) {
            events.on_bad_call(head, std::move(admitted).error());
            return verdict::go_on;
        }
    }
    return events.on_value_call(head, std::move(wanted.request), rest);
}

result<void> rpyc_protocol::read_attribute(argument_reader& arguments, attribute_access access,
                                           asked& into) {
    BECKON_ASSIGN(const value given, arguments.next());
    BECKON_ASSIGN(const std::string name, name_in(given));
    // What an object has registered is what a Python service exposes; the object itself says what that is. What may be
    // written is for the object alone to say, as by RPyC's hooks.
    if (access != attribute_access::read) {
        const std::optional<bool>& allowed = access == attribute_access::write
                                                 ? options_.access.allow_setattr
                                                 : options_.access.allow_delattr;
        if (!allowed.value_or(true)) {
            return python_error(errc::access_denied, "AttributeError",
                                concat("cannot access '", name, "'"));
        }
        into.request.name = access_.without_prefix(name);
        return {};
    }
    BECKON_ASSIGN(const std::string resolved,
                  access_.resolve(name, access, [&](std::string_view attribute) {
                      return access_.exposes_member(attribute);
                  }));
    into.request.name = access_.without_prefix(resolved);
    return {};
}

result<void> rpyc_protocol::read_request(handler what, argument_reader& arguments, asked& into,
                                         session_events& events) {
    dynamic_request& request = into.request;
    switch (what) {
    case handler::ping: {
        BECKON_ASSIGN(into.answer, arguments.next());
        return {};
    }
    case handler::close: into.is_last = true; return {};
    case handler::get_root:
        request.what = operation::root;
        if (!events.shows_something()) into.answer = value(make_blank_root());
        return {};
    case handler::inspect: {
        BECKON_ASSIGN(const value pack, arguments.next());
        BECKON_ASSIGN(into.object, identities_.number_of(pack));
        request.what = operation::describe;
        return {};
    }
    case handler::pickle:
        return python_error(errc::unsupported, "ValueError", "pickling is disabled");
    default: break;
    }

    BECKON_ASSIGN(const id_pack target, arguments.object());
    if (what == handler::del) return read_release(target, arguments, into, events);
    BECKON_ASSIGN(into.object, identities_.number_of(target));
    const auto next = [&](value& to) -> result<void> {
        BECKON_ASSIGN(to, arguments.next());
        return {};
    };
    const auto one_argument = [&]() -> result<void> {
        BECKON_ASSIGN(value given, arguments.next());
        request.arguments.push_back(std::move(given));
        return {};
    };
    switch (what) {
    case handler::get_attr:
        request.what = operation::get_attribute;
        return read_attribute(arguments, attribute_access::read, into);
    case handler::del_attr:
        request.what = operation::delete_attribute;
        return read_attribute(arguments, attribute_access::erase, into);
    case handler::set_attr:
        request.what = operation::set_attribute;
        BECKON_TRY(read_attribute(arguments, attribute_access::write, into));
        return one_argument();
    case handler::call_attr:
        BECKON_TRY(read_attribute(arguments, attribute_access::read, into));
        [[fallthrough]];
    case handler::call: {
        request.what = what == handler::call ? operation::call : operation::call_method;
        value given;
        BECKON_TRY(next(given));
        BECKON_ASSIGN(const value positional, tuple_in(std::move(given), "arguments"));
        request.arguments = value::list(std::vector<value>(positional.begin(), positional.end()));
        if (arguments.left() == 0) return {};
        BECKON_TRY(next(given));
        BECKON_ASSIGN(request.named, named_in(given));
        return {};
    }
    case handler::repr: request.what = operation::to_repr; return {};
    case handler::str: request.what = operation::to_text; return {};
    case handler::hash: request.what = operation::hash; return {};
    case handler::dir: request.what = operation::names; return {};
    case handler::cmp: {
        request.what = operation::compare;
        BECKON_TRY(one_argument());
        if (arguments.left() == 0) {
            request.name = "__cmp__";
            return {};
        }
        value name;
        BECKON_TRY(next(name));
        BECKON_ASSIGN(request.name, name_in(name));
        if (!is_comparison(request.name)) {
            return python_error(errc::access_denied, "AttributeError",
                                concat(request.name, " is no comparison"));
        }
        return {};
    }
    case handler::buffiter: {
        request.what = operation::next_items;
        value count;
        BECKON_TRY(next(count));
        if (!count.is_int64() || count.int64() < 0) {
            return python_error(errc::type_mismatch, "TypeError",
                                "count must be an integer that is not negative");
        }
        if (count.int64() > most_items) {
            return python_error(errc::limit_exceeded, "ValueError",
                                concat("count is ", count.int64(), "; the most is ", most_items));
        }
        request.arguments.push_back(std::move(count));
        return {};
    }
    case handler::oldslicing: return read_old_slicing(arguments, into);
    case handler::ctxexit: request.what = operation::leave_context; return one_argument();
    case handler::instance_check: {
        // None of our objects is a class.
        value identity;
        BECKON_TRY(next(identity));
        into.answer = value(false);
        return {};
    }
    default: break;
    }
    return fail(errc::unsupported, "handler ", name_of(what), " is not served");
}

result<void> rpyc_protocol::read_release(const id_pack& target, argument_reader& arguments,
                                         asked& into, session_events& events) {
    std::int64_t count = 1;
    if (arguments.left() != 0) {
        BECKON_ASSIGN(const value given, arguments.next());
        if (!given.is_int64() || given.int64() < 0) {
            return python_error(errc::invalid_argument, "ValueError",
                                "count must be an integer that is not negative");
        }
        count = given.int64();
    }
    into.answer = value();
    // Strays happen: a peer lets go of what it made up itself while it answered INSTANCECHECK.
    const result<std::uint32_t> number = identities_.number_of(target);
    if (!number && asked_.contains(as_text(target.encoded))) {
        asked_.erase(std::string(as_text(target.encoded)));
    } else if (!number) {
        events.on_oddity("BKN-RPYC-RELEASE",
                         concat("peer released ", target.name, ", which is not lent to it"));
    } else if (count != 0) {
        events.on_release(*number, static_cast<std::uint32_t>(std::min<std::int64_t>(
                                       count, std::numeric_limits<std::uint32_t>::max())));
        if (identities_.find(*number) == nullptr) holdings_.forget(*number);
    }
    return {};
}

/// Slicing as Python 2 did it, in the form that all versions know.
result<void> rpyc_protocol::read_old_slicing(argument_reader& arguments, asked& into) {
    BECKON_TRY(read_attribute(arguments, attribute_access::read, into));
    BECKON_ASSIGN(const value fallback, arguments.next());
    BECKON_ASSIGN(value start, arguments.next());
    BECKON_ASSIGN(value stop, arguments.next());
    BECKON_ASSIGN(const value further, arguments.next());
    static_cast<void>(fallback); // for objects without the other; ours have it or have no slices
    into.request.what = operation::call_method;
    into.request.arguments.push_back(value::slice(std::move(start), std::move(stop), value()));
    BECKON_ASSIGN(const value more, tuple_in(further, "arguments"));
    for (const value& each : more) into.request.arguments.push_back(each);
    return {};
}

void rpyc_protocol::answer_at_once(std::uint32_t call_id, const value& result,
                                   session_events& events) {
    auto written = write_value_reply(events.begin_answer(), call_id, result, events.references());
    if (!written) {
        events.drop_answer();
        write_error(events.begin_answer(), call_id, written.error(), false);
    }
    events.end_answer();
}

} // namespace beckon::rpyc
