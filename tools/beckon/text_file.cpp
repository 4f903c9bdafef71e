#include "text_file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include "beckon/schema/parse.hpp"
#include "command.hpp"

namespace command {

namespace {

struct closer {
    void operator()(std::FILE* file) const noexcept {
        if (file != stdin) std::fclose(file);
    }
};
using open_file = std::unique_ptr<std::FILE, closer>;

[[noreturn]] void fail_file(const std::string& doing, const std::string& path) {
    throw failure{status::failed,
                  beckon::fail(errno == ENOENT ? beckon::errc::not_found : beckon::errc::io_error,
                               doing, " ", path, ": ", std::strerror(errno))};
}

} // namespace

std::string read_text(const std::string& path) {
    const open_file file(path == "-" ? stdin : std::fopen(path.c_str(), "rb"));
    if (!file) fail_file("cannot open", path);
    std::string text;
    char block[65'536];
    while (const std::size_t got = std::fread(block, 1, sizeof block, file.get()))
        text.append(block, got);
    if (std::ferror(file.get()) != 0) fail_file("cannot read", path);
    return text;
}

void write_text(const std::string& path, const std::string& content) {
    std::error_code wrong;
    const auto folder = std::filesystem::path(path).parent_path();
    if (!folder.empty()) std::filesystem::create_directories(folder, wrong);
    std::FILE* const file = std::fopen(path.c_str(), "wb");
    if (file == nullptr) fail_file("cannot write", path);
    const bool written = std::fwrite(content.data(), 1, content.size(), file) == content.size();
    if (std::fclose(file) != 0 || !written) fail_file("cannot write", path);
}

beckon::schema::document read_schema(const std::string& path) {
    const std::string name = path == "-" ? "standard input" : path;
    auto outcome = beckon::schema::parse_all(read_text(path), name);
    if (outcome.diagnostics.empty()) return std::move(outcome.document);
    const std::string told = beckon::schema::to_string(outcome.diagnostics);
    std::fwrite(told.data(), 1, told.size(), stderr);
    throw failure{status::failed,
                  beckon::fail(beckon::errc::parse_error, name, " has ", outcome.diagnostics.size(),
                               outcome.diagnostics.size() == 1 ? " error" : " errors")};
}

} // namespace command
