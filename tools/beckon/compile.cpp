// beckon compile: code from an IDL file.
#include <CLI/CLI.hpp>

#include <filesystem>

#include "beckon/generate/cpp.hpp"
#include "beckon/generate/python.hpp"
#include "beckon/schema/print.hpp"
#include "command.hpp"
#include "runtimes.hpp"
#include "text_file.hpp"

namespace command {

namespace {

struct compile_options {
    std::string file;
    bool cpp = false;
    bool python = false;
    bool idl = false;
    std::string output;
    std::string cpp_namespace;
};

/// The package, and beside it the runtime, so that the folder holds all that there is to import.
std::vector<beckon::generate::generated_file>
generate_python(const compile_options& options, const beckon::schema::document& document,
                const std::string& stem) {
    beckon::generate::python_options settings;
    settings.package = options.cpp_namespace.empty() ? stem : options.cpp_namespace;
    settings.tool = "beckon " BECKON_VERSION;
    settings.source = std::filesystem::path(options.file).filename().string();
    auto made = beckon::generate::generate_python(document, settings);
    if (!made) throw failure{status::failed, std::move(made).error()};
    std::vector<beckon::generate::generated_file> files = std::move(made).value();
    if (options.output == "-") {
        files.resize(1); // what there is to read
        return files;
    }
    for (auto& file : python_runtime()) files.push_back(std::move(file));
    return files;
}

std::vector<beckon::generate::generated_file> generate(const compile_options& options,
                                                       beckon::schema::document document) {
    const std::filesystem::path source(options.file);
    const std::string stem = options.file == "-" ? "schema" : source.stem().string();
    if (options.idl) {
        if (!options.cpp_namespace.empty()) document.cpp_namespace = options.cpp_namespace;
        return {{stem + ".bk", beckon::schema::print(document)}};
    }
    if (options.python) return generate_python(options, document, stem);
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
    if (int{options.cpp} + int{options.python} + int{options.idl} != 1) {
        fail_usage("say what to make: --cpp, --python or --idl");
    }
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
    sub->add_flag("--python", options->python,
                  "A Python package, and the package beckon beside it");
    sub->add_flag("--idl", options->idl, "The same schema as normalized IDL");
    sub->add_option("-o,--output", options->output, "Folder to write to; - for standard output")
        ->type_name("DIR")
        ->required();
    sub->add_option(
           "--namespace", options->cpp_namespace,
           "Namespace of the generated code, or the package's name, in place of the file's")
        ->type_name("NAME");
    sub->callback([options] { compile(*options); });
}

} // namespace command
