// beckon print: an IDL file, read and written again.
#include <CLI/CLI.hpp>

#include "beckon/schema/print.hpp"
#include "command.hpp"
#include "text_file.hpp"

namespace command {

void add_print(CLI::App& app) {
    auto* const sub = app.add_subcommand("print", "Check an IDL file and print it normalized.");
    auto file = std::make_shared<std::string>();
    sub->add_option("file", *file, "The IDL file; - for standard input")->required();
    sub->callback([file] { print(beckon::schema::print(read_schema(*file))); });
}

} // namespace command
