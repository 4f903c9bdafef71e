#include "text_file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include "command.hpp"
#include "schema_file.hpp"

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

beckon::schema::document read_schema(const std::string& path, bool lenient) {
    return schema_file(path, lenient).ours();
}

beckon::schema::document read_schema_option(const std::string& path) {
    try {
        return read_schema(path);
    } catch (failure& wrong) {
        throw failure{status::wrong_usage, std::move(wrong.what).note("reading --schema")};
    }
}

} // namespace command
