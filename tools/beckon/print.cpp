// beckon print: a schema, read and written again.
#include <CLI/CLI.hpp>

#include "beckon/codec/base64.hpp"
#include "beckon/schema/print.hpp"
#include "beckon/schema/remcall/print.hpp"
#include "command.hpp"
#include "schema_file.hpp"

namespace command {

namespace {

namespace remcall = beckon::schema::remcall;

struct print_options {
    std::string file;
    std::string main;
    bool remcall = false;
    bool base64 = false;
    bool binary = false;
    bool lenient = false;
};

/// In lines of 76 characters and an empty one, as remcall's command has it.
std::string in_lines(beckon::byte_view content) {
    constexpr std::size_t width = 76;
    const std::string digits = beckon::base64_encode(content);
    std::string out;
    for (std::size_t at = 0; at < digits.size(); at += width) {
        out += digits.substr(at, width) + '\n';
    }
    return out + '\n';
}

void print_schema(const print_options& options) {
    const schema_file file(options.file, options.lenient);
    const bool bytes = options.base64 || options.binary;
    // With --lenient there may be no document of ours to print.
    if (!bytes && !options.remcall && !options.lenient && options.main.empty() &&
        !file.is_remcalls()) {
        return print(beckon::schema::print(file.ours()));
    }
    const remcall::document document = file.remcall(options.main);
    if (!bytes) return print_line(remcall::pretty_print(document));
    remcall::write_options how;
    if (options.lenient) how.strictness = remcall::strictness::lenient;
    const beckon::bytes written = checked(remcall::write(document, how));
    print(options.base64 ? in_lines(written) : std::string(beckon::as_text(written)));
}

} // namespace

void add_print(CLI::App& app) {
    auto* const sub = app.add_subcommand(
        "print", "Check a schema and print it: IDL normalized, remcall's as remcall does.");
    auto options = std::make_shared<print_options>();
    sub->add_option("file", options->file,
                    "The IDL file, what remcall prints, or its binary schema; - for standard input")
        ->required();
    sub->add_flag("--remcall", options->remcall, "As remcall prints it, whatever the file is");
    sub->add_flag("--base64", options->base64, "As a binary schema of remcall, in base64");
    sub->add_flag("--binary", options->binary, "As a binary schema of remcall");
    sub->add_option("--main", options->main, "The interface of an IDL file that becomes Main there")
        ->type_name("NAME");
    sub->add_flag("--lenient", options->lenient,
                  "Take what remcall tolerates: duplicates, other orders and numbers");
    sub->callback([options] { print_schema(*options); });
}

} // namespace command
