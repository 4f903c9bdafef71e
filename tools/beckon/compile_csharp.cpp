#include "compile_csharp.hpp"

#include "beckon/generate/csharp.hpp"
#include "command.hpp"
#include "runtimes.hpp"

namespace command {

std::vector<beckon::generate::generated_file>
compile_csharp(const beckon::schema::document& document, const csharp_request& request) {
    beckon::generate::csharp_options settings;
    settings.file_stem = request.stem;
    settings.csharp_namespace = request.name;
    if (request.naming == "remcall") settings.naming = beckon::generate::csharp_naming::remcall;
    settings.tool = "beckon " BECKON_VERSION;
    settings.source = request.source;
    auto made = beckon::generate::generate_csharp(document, settings);
    if (!made) throw failure{status::failed, std::move(made).error()};
    std::vector<beckon::generate::generated_file> files = std::move(made).value();
    if (request.is_to_read) {
        files.resize(1);
        return files;
    }
    for (auto& file : csharp_runtime()) files.push_back(std::move(file));
    return files;
}

} // namespace command
