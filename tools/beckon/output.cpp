#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <optional>

#include "beckon/codec/json.hpp"
#include "beckon/object/dynamic_call.hpp"
#include "beckon/object/exception_codec.hpp"
#include "command.hpp"

namespace command {

void fail_usage(std::string message) {
    throw failure{status::wrong_usage,
                  beckon::error(beckon::errc::invalid_argument, std::move(message))};
}

void print(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

void print_line(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fputc('\n', stdout);
    std::fflush(stdout);
}

std::string one_line(std::string_view text) {
    std::string out;
    for (const char letter : text) {
        if (letter == '\n') {
            out += "\\n";
        } else if (const auto code = static_cast<unsigned char>(letter);
                   code < 0x20 || code == 0x7f) {
            out += '?';
        } else {
            out += letter;
        }
    }
    return out;
}

namespace {

/// What a Python exception consists of besides its text: its arguments, and attributes such as "errno".
struct python_parts {
    beckon::value arguments = beckon::value::tuple();
    beckon::value attributes = beckon::value::map();
};

void add_attribute(python_parts& to, const beckon::value& name, const beckon::value& content) {
    if (!name.is(beckon::value_kind::string) || name.string().starts_with('_')) return;
    // Methods, which RPyC sends by their repr.
    if (name.string() == "add_note" || name.string() == "with_traceback") return;
    to.attributes.insert_or_assign(name, content);
}

/// Nothing, where the error tells of none.
std::optional<python_parts> parts_of(const beckon::error& what) {
    python_parts parts;
    const auto* const detail = dynamic_cast<const beckon::exception_fields*>(what.detail().get());
    if (detail == nullptr || !detail->fields().is(beckon::value_kind::exception))
        return std::nullopt;
    const beckon::exception_parts raised = detail->fields().exception();
    parts.arguments = raised.arguments;
    if (raised.fields.is(beckon::value_kind::map)) {
        for (const auto& [name, content] : raised.fields.entries())
            add_attribute(parts, name, content);
    }
    return parts;
}

/// Those of an exception that an interface declares; null for other errors.
beckon::value fields_of(const beckon::error& what) {
    beckon::value fields = beckon::declared_fields(what);
    return fields.is(beckon::value_kind::exception) ? beckon::value() : fields;
}

beckon::value as_value(const beckon::error& what) {
    using beckon::value;
    value notes = value::list();
    for (const std::string& note : what.notes()) notes.push_back(note);
    value out = value::map({{"code", beckon::to_string(what.code())}});
    if (!what.type_name().empty()) out.insert_or_assign("type", what.type_name());
    out.insert_or_assign("message", what.message());
    if (const value fields = fields_of(what); !fields.is_null())
        out.insert_or_assign("fields", fields);
    if (auto python = parts_of(what)) {
        out.insert_or_assign("arguments", std::move(python->arguments));
        if (!python->attributes.empty())
            out.insert_or_assign("attributes", std::move(python->attributes));
    }
    if (!notes.empty()) out.insert_or_assign("while", notes);
    if (!what.trace().empty()) out.insert_or_assign("trace", what.trace());
    return value::map({{"error", std::move(out)}});
}

bool colours() { return isatty(STDERR_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr; }

} // namespace

void report(const beckon::error& what, bool as_json) {
    std::string line;
    if (as_json) {
        auto text = beckon::json::to_string(as_value(what));
        // Fields that have no JSON form are left out rather than the error lost.
        if (!text) {
            beckon::error bare = what;
            text = beckon::json::to_string(as_value(bare.set_detail(nullptr)));
        }
        line = text ? *text : R"({"error":{"code":"internal"}})";
    } else {
        std::string fields;
        if (const auto declared = fields_of(what); !declared.is_null()) {
            if (auto text = beckon::json::to_string(declared)) fields = " " + *text;
        }
        line = colours() ? "\x1b[1;31mbeckon:\x1b[0m " : "beckon: ";
        line += one_line(what.to_string() + fields);
    }
    line += '\n';
    std::fwrite(line.data(), 1, line.size(), stderr);
}

} // namespace command
