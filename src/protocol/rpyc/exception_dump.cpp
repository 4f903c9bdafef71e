#include "protocol/rpyc/exception_dump.hpp"

#include <algorithm>
#include <vector>

#include "beckon/base/assert.hpp"
#include "beckon/codec/brine.hpp"
#include "beckon/object/exception_codec.hpp"
#include "beckon/object/python_errors.hpp"
#include "protocol/rpyc/exception_class.hpp"
#include "protocol/rpyc/exception_text.hpp"
#include "protocol/rpyc/python_text.hpp"

namespace beckon::rpyc {

namespace {

constexpr std::string_view traceback_denied = "<traceback denied>";
constexpr std::string_view version_denied = "<version denied>";
constexpr std::string_view version_attribute = "_remote_version";
constexpr std::string_view made_module = "rpyc.core.vinegar/";
constexpr std::string_view add_note = "add_note"; // of Python 3.11: a method's repr, of no use
constexpr std::int64_t stop_iteration_dump = 1;

void put_text(buffer& out, std::string_view text) {
    if (brine::put_text(out, text)) return;
    const auto written = brine::put_text(out, python_str(value(text)));
    BECKON_ASSERT(written.has_value(), "mended text is utf-8");
}

/// By value where that goes, else as its repr(); text that is not UTF-8 as text.
void put_content(buffer& out, const value& content) {
    if (!brine::write(out, content)) put_text(out, python_str(content));
}

/// Whether a Python peer can take the attribute. It assigns each one by name, and drops the connection where that raises
/// anything but AttributeError: `args` must be a tuple, `__class__` a class, positions integers of 64 bits.
bool is_assignable(std::string_view name, const value& content) {
    if (name.starts_with('_') || name == "args" || name == "with_traceback" || name == add_note)
        return false;
    const bool is_number = name == "start" || name == "end" || name == "characters_written";
    return !is_number || content.is_int64();
}

/// What can be passed on of a peer's attributes.
value attributes_of(const python_exception& raised) {
    std::vector<map_entry> kept;
    for (const map_entry& entry : raised.attributes().entries()) {
        if (is_assignable(python_str(entry.key), entry.mapped)) kept.push_back(entry);
    }
    return value::map(std::move(kept));
}

/// A declared exception's fields, sorted as Python lists attributes.
value attributes_of(const exception_fields& declared) {
    std::vector<map_entry> sorted;
    if (declared.fields().is(value_kind::record)) {
        for (const record_field& field : declared.fields().fields()) {
            if (is_assignable(field.name.string(), field.content))
                sorted.push_back({field.name, field.content});
        }
    }
    std::sort(sorted.begin(), sorted.end(), [](const map_entry& left, const map_entry& right) {
        return left.key.string() < right.key.string();
    });
    return value::map(std::move(sorted));
}

/// Python's OSError(2, "no such file", "a.txt") has its arguments as attributes too, but an exception that is put together
/// of what came over the wire has only those that are named there.
void name_arguments(exception_parts& parts) {
    const value& given = parts.arguments;
    if (given.size() < 2 || !given[0].is(value_kind::integer) || parts.fields.contains("errno"))
        return;
    parts.fields.insert_or_assign("errno", given[0]);
    parts.fields.insert_or_assign("strerror", given[1]);
    if (given.size() > 2) parts.fields.insert_or_assign("filename", given[2]);
}

std::string type_name_of(const python_exception& raised) {
    return concat(raised.module(), '.', raised.class_name());
}

python_exception raised_by(const error& failure) {
    exception_class type = class_of(failure);
    value arguments = value::tuple({failure.message()});
    value attributes = value::map();
    const error_detail* const detail = failure.detail().get();
    if (const auto* const raised = dynamic_cast<const python_exception*>(detail)) {
        // As the peer told it, unless somebody gave the error another name since.
        if (failure.type_name() == type_name_of(*raised))
            type = {as_class_name(raised->module()), as_class_name(raised->class_name())};
        arguments = raised->arguments();
        attributes = attributes_of(*raised);
    } else if (const auto* const fields = dynamic_cast<const exception_fields*>(detail)) {
        if (fields->fields().is(value_kind::exception)) { // one of Python's that was raised here
            exception_parts parts = fields->fields().exception();
            arguments = parts.arguments;
            if (python::is_a(failure, "OSError")) name_arguments(parts);
            attributes = attributes_of(
                {type.module, type.name, std::move(parts.arguments), std::move(parts.fields)});
        } else {
            attributes = attributes_of(*fields);
        }
    }
    return {std::move(type.module), std::move(type.name), std::move(arguments),
            std::move(attributes)};
}

void put_pair(buffer& out, std::string_view name, const value& content) {
    brine::put_tuple(out, 2);
    put_text(out, name);
    put_content(out, content);
}

void put_parts(buffer& out, const python_exception& raised, std::string_view version,
               std::string_view traceback) {
    brine::put_tuple(out, 4);
    brine::put_tuple(out, 2);
    put_text(out, raised.module());
    put_text(out, raised.class_name());
    brine::put_tuple(out, raised.arguments().size());
    for (const value& argument : raised.arguments().items()) put_content(out, argument);
    brine::put_tuple(out, raised.attributes().size() + (version.empty() ? 0 : 1));
    for (const map_entry& attribute : raised.attributes().entries())
        put_pair(out, python_str(attribute.key), attribute.mapped);
    if (!version.empty()) put_pair(out, version_attribute, value(version));
    put_text(out, traceback);
}

value read_attributes(brine::reader& in) {
    const std::size_t count = in.get_tuple();
    in.enter();
    std::vector<map_entry> attributes; // grows with what comes: the count is only a claim
    for (std::size_t i = 0; i < count && !in.failed(); ++i) {
        in.get_tuple_of(2);
        in.enter();
        value name(in.get_text());
        value content = in.get_value();
        in.leave();
        attributes.push_back({std::move(name), std::move(content)});
    }
    in.leave();
    return value::map(std::move(attributes));
}

value read_arguments(brine::reader& in) {
    if (in.peek() == brine::item::tuple) return in.get_value();
    static_cast<void>(in.get_tuple()); // fails, and says what was found
    return value::tuple();
}

/// As a declared exception that another Beckon peer raised.
error declared(const python_exception& raised) {
    const value attributes = attributes_of(raised);
    std::vector<record_field> fields;
    for (const map_entry& entry : attributes.entries()) fields.push_back({entry.key, entry.mapped});
    error made(errc::declared, exception_text(raised));
    made.set_type_name(raised.class_name());
    made.set_detail(
        std::make_shared<exception_fields>(value::record(raised.class_name(), std::move(fields))));
    return made;
}

/// A Python peer that has no class of that name for an exception makes one, and names it so when it raises it further:
/// "shop.Closed" comes back as module "rpyc.core.vinegar/shop" and class "shop.Closed", once for each peer on the way.
void take_off_the_way(std::string& module, std::string& name) {
    while (module.starts_with(made_module)) {
        module.erase(0, made_module.size());
        const bool is_doubled = name.size() > module.size() + 1 && name.starts_with(module) &&
                                name[module.size()] == '.';
        if (is_doubled) name.erase(0, module.size() + 1);
    }
}

error error_of(python_exception raised) {
    const errc code = code_of(raised.module(), raised.class_name());
    if (code == errc::declared) return declared(raised);
    error made(code, exception_text(raised));
    const bool is_own = raised.module() == own_module;
    if (!is_own) made.set_type_name(type_name_of(raised));
    made.set_detail(std::make_shared<python_exception>(std::move(raised)));
    return made;
}

} // namespace

void put_dump(buffer& out, const python_exception& raised, std::string_view traceback) {
    put_parts(out, raised, {}, traceback);
}

void put_exception(buffer& out, const error& failure, const exception_options& options) {
    if (failure.type_name() == stop_iteration || failure.type_name() == "StopIteration") {
        return brine::put_integer(out, stop_iteration_dump);
    }
    std::string traceback(traceback_denied);
    if (options.send_traceback) {
        traceback = failure.to_string();
        if (!failure.trace().empty()) traceback = concat(failure.trace(), "\n", traceback);
    }
    put_parts(out, raised_by(failure), options.version.empty() ? version_denied : options.version,
              traceback);
}

result<peer_exception> read_exception(brine::reader& in) {
    if (in.peek() == brine::item::integer) {
        const std::int64_t number = in.get_integer();
        if (in.failed()) return in.take_failure();
        if (number == stop_iteration_dump) {
            return peer_exception{
                error_of({std::string(builtins), "StopIteration", value::tuple(), value::map()})};
        }
        return fail(errc::protocol_error, "peer sent ", number,
                    " as an exception; expected 1 (StopIteration) or a dump");
    }
    in.get_tuple_of(4);
    in.enter();
    in.get_tuple_of(2);
    std::string module(in.get_text());
    std::string name(in.get_text());
    take_off_the_way(module, name);
    value arguments = read_arguments(in);
    value attributes = read_attributes(in);
    const std::string_view traceback = in.get_text();
    if (in.failed()) return in.take_failure();
    in.leave();
    error made =
        error_of({std::move(module), std::move(name), std::move(arguments), std::move(attributes)});
    if (traceback != traceback_denied && !traceback.empty()) made.set_trace(std::string(traceback));
    return peer_exception{std::move(made)};
}

} // namespace beckon::rpyc
