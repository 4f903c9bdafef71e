#include "compile_typescript.hpp"

#include "beckon/generate/typescript.hpp"
#include "command.hpp"
#include "runtimes.hpp"

namespace command {

std::vector<beckon::generate::generated_file>
compile_typescript(const beckon::schema::document& document, const std::string& module,
                   const std::string& source, bool with_runtime) {
    auto made = beckon::generate::generate_typescript(
        document, {.module = module, .tool = "beckon " BECKON_VERSION, .source = source});
    if (!made) throw failure{status::failed, std::move(made).error()};
    std::vector<beckon::generate::generated_file> files = std::move(made).value();
    if (!with_runtime) {
        files.resize(1); // what there is to read
        return files;
    }
    for (auto& file : typescript_runtime()) files.push_back(std::move(file));
    return files;
}

} // namespace command
