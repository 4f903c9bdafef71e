// beckon compile: code from an IDL file.
#include <CLI/CLI.hpp>

#include <filesystem>

#include "beckon/generate/cpp.hpp"
#include "beckon/schema/print.hpp"
#include "command.hpp"
#include "text_file.hpp"

namespace command {

namespace {

struct compile_options {
    std::string file;
    bool cpp = false;
    bool idl = false;
    std::string output;
    std::string cpp_namespace;
};

std::vector<beckon::generate::generated_file> generate(const compile_options& options,
                                                       beckon::schema::document document) {
    const std::filesystem::path source(options.file);
    const std::string stem = options.file == "-" ? "schema" : source.stem().string();
    if (options.idl) {
        if (!options.cpp_namespace.empty()) document.cpp_namespace = options.cpp_namespace;
        return {{stem + ".bk", beckon::schema::print(document)}};
    }
    beckon::generate::cpp_options settings;
    settings.file_stem = stem;
    settings.cpp_namespace = options.cpp_namespace;
    settings.tool = "beckon " BECKON_VERSION;
    settings.source = source.filename().string();
    auto made = beckon::generate::generate_cpp(document, settings);
    if (!made) throw failure{status::failed, std::move(made).error()};
    return std::move(made).value();
}

void compile(const compile_options& options) {
    if (options.cpp == options.idl) fail_usage("say what to make: --cpp or --idl");
    for (const auto& file : generate(options, read_schema(options.file))) {
        if (options.output == "-") {
            print(file.content);
        } else {
            write_text((std::filesystem::path(options.output) / file.name).string(), file.content);
        }
    }
}

} // namespace

void add_compile(CLI::App& app) {
    auto* const sub = app.add_subcommand("compile", "Generate code from an IDL file.");
    auto options = std::make_shared<compile_options>();
    sub->add_option("file", options->file, "The IDL file; - for standard input")->required();
    sub->add_flag("--cpp", options->cpp, "A C++ header");
    sub->add_flag("--idl", options->idl, "The same schema as normalized IDL");
    sub->add_option("-o,--output", options->output, "Folder to write to; - for standard output")
        ->type_name("DIR")
        ->required();
    sub->add_option("--namespace", options->cpp_namespace,
                    "Namespace of the generated code, in place of the file's")
        ->type_name("NAME");
    sub->callback([options] { compile(*options); });
}

} // namespace command
