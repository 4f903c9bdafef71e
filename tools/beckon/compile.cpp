// beckon compile: code from a schema.
#include <CLI/CLI.hpp>

#include <filesystem>

#include "beckon/generate/clashes.hpp"
#include "beckon/generate/cpp.hpp"
#include "beckon/generate/python.hpp"
#include "beckon/schema/print.hpp"
#include "command.hpp"
#include "compile_csharp.hpp"
#include "compile_typescript.hpp"
#include "runtimes.hpp"
#include "schema_file.hpp"
#include "text_file.hpp"

namespace command {

namespace {

struct compile_options {
    std::string file;
    bool cpp = false;
    bool python = false;
    bool csharp = false;
    bool typescript = false;
    bool idl = false;
    bool remcall = false;
    bool lenient = false;
    std::string main;
    std::string output;
    std::string cpp_namespace;
    std::string naming;
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

/// A binary schema of remcall.
std::vector<beckon::generate::generated_file> generate_remcall(const compile_options& options,
                                                               const schema_file& file) {
    const std::filesystem::path source(options.file);
    const auto strictness = options.lenient ? beckon::schema::remcall::strictness::lenient
                                            : beckon::schema::remcall::strictness::strict;
    const auto written = checked(
        beckon::schema::remcall::write(file.remcall(options.main), {.strictness = strictness}));
    return {{(options.file == "-" ? "schema" : source.stem().string()) + ".remcall",
             std::string(beckon::as_text(written))}};
}

std::vector<beckon::generate::generated_file> generate_code(const compile_options& options,
                                                            beckon::schema::document document) {
    const std::filesystem::path source(options.file);
    const std::string stem = options.file == "-" ? "schema" : source.stem().string();
    if (options.idl) {
        if (!options.cpp_namespace.empty()) document.cpp_namespace = options.cpp_namespace;
        return {{stem + ".bk", beckon::schema::print(document)}};
    }
    if (options.python) return generate_python(options, document, stem);
    if (options.csharp) {
        return compile_csharp(document, {.source = source.filename().string(),
                                         .stem = stem,
                                         .name = options.cpp_namespace,
                                         .naming = options.naming,
                                         .is_to_read = options.output == "-"});
    }
    if (options.typescript) {
        return compile_typescript(document,
                                  options.cpp_namespace.empty() ? stem : options.cpp_namespace,
                                  source.filename().string(), options.output != "-");
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

std::vector<beckon::generate::generated_file> generate(const compile_options& options) {
    const schema_file file(options.file, options.lenient);
    if (options.remcall) return generate_remcall(options, file);
    try {
        return generate_code(options, file.ours());
    } catch (const failure& failed) {
        const auto* const names = beckon::generate::name_clashes::of(failed.what);
        if (names == nullptr) throw;
        file.refuse(names->all());
    }
}

void compile(const compile_options& options) {
    if (int{options.cpp} + int{options.python} + int{options.csharp} + int{options.typescript} +
            int{options.idl} + int{options.remcall} !=
        1) {
        fail_usage("say what to make: --cpp, --python, --csharp, --typescript, --idl or --remcall");
    }
    if (!options.naming.empty() && !options.csharp) {
        fail_usage("--naming is for --csharp");
    }
    if (!options.main.empty() && !options.remcall) fail_usage("--main is for --remcall");
    for (const auto& file : generate(options)) {
        if (options.output == "-") {
            print(file.content);
        } else {
            write_text((std::filesystem::path(options.output) / file.name).string(), file.content);
        }
    }
}

} // namespace

void add_compile(CLI::App& app) {
    auto* const sub =
        app.add_subcommand("compile", "Generate code from a schema: IDL, or remcall's.");
    auto options = std::make_shared<compile_options>();
    sub->add_option("file", options->file,
                    "The IDL file, what remcall prints, or its binary schema; - for standard input")
        ->required();
    sub->add_flag("--cpp", options->cpp, "A C++ header");
    sub->add_flag("--python", options->python,
                  "A Python package, and the package beckon beside it");
    sub->add_flag("--csharp", options->csharp, "C# sources, and the runtime's beside them");
    sub->add_flag("--typescript", options->typescript,
                  "TypeScript modules, and the folder beckon beside them");
    sub->add_flag("--idl", options->idl, "The same schema as normalized IDL");
    sub->add_flag("--remcall", options->remcall, "A binary schema for remcall");
    sub->add_option("--main", options->main, "The interface that becomes Main in it")
        ->type_name("NAME");
    sub->add_flag("--lenient", options->lenient,
                  "Take what remcall tolerates in schemas: duplicates, other orders and numbers");
    sub->add_option("-o,--output", options->output, "Folder to write to; - for standard output")
        ->type_name("DIR")
        ->required();
    sub->add_option("--namespace", options->cpp_namespace,
                    "Namespace of the generated code, or the package's or module's name, in place "
                    "of the file's")
        ->type_name("NAME");
    sub->add_option("--naming", options->naming,
                    "How names of C# are made: csharp, or remcall for those of its generator")
        ->check(CLI::IsMember({"csharp", "remcall"}));
    sub->callback([options] { compile(*options); });
}

} // namespace command
