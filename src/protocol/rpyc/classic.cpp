#include "beckon/protocol/rpyc/classic.hpp"

#include <fstream>
#include <system_error>
#include <vector>

#include "beckon/object/dynamic_context.hpp"

namespace beckon::rpyc {

namespace {

[[noreturn]] void fail_here(const std::filesystem::path& path, std::string_view doing,
                            const std::error_code& why) {
    throw_error(fail(why == std::errc::no_such_file_or_directory ? errc::not_found : errc::io_error,
                     "cannot ", doing, " ", beckon::quoted(path.string()), ": ", why.message()));
}

void upload_file(const classic& python, const std::filesystem::path& local,
                 const std::string& remote) {
    std::ifstream from(local, std::ios::binary);
    if (!from) fail_here(local, "read", std::error_code(errno, std::generic_category()));
    with(python.builtins().call("open", remote, "wb"), [&](const dynamic& to) {
        bytes piece(transfer_bytes);
        for (;;) {
            from.read(reinterpret_cast<char*>(piece.data()),
                      static_cast<std::streamsize>(piece.size()));
            const auto size = static_cast<std::size_t>(from.gcount());
            if (size == 0) break;
            to.call("write", value(byte_view(piece).first(size)));
        }
        if (from.bad()) fail_here(local, "read", std::make_error_code(std::errc::io_error));
    });
}

void download_file(const classic& python, const std::string& remote,
                   const std::filesystem::path& local) {
    with(python.builtins().call("open", remote, "rb"), [&](const dynamic& from) {
        std::ofstream to(local, std::ios::binary | std::ios::trunc);
        if (!to) fail_here(local, "write", std::error_code(errno, std::generic_category()));
        for (;;) {
            const auto piece = from.call("read", transfer_bytes).as<bytes>();
            if (piece.empty()) break;
            to.write(reinterpret_cast<const char*>(piece.data()),
                     static_cast<std::streamsize>(piece.size()));
        }
        to.close();
        if (!to) fail_here(local, "write", std::make_error_code(std::errc::io_error));
    });
}

} // namespace

dynamic classic::module(std::string_view name) const { return root_.call("getmodule", name); }

bool classic::has_module(std::string_view name) const {
    try {
        return !module("importlib.util").call("find_spec", name).is_null();
    } catch (const python::module_not_found_error&) {
        return false; // of a parent
    }
}

dynamic classic::eval(std::string_view expression) const { return root_.call("eval", expression); }

void classic::execute(std::string_view statements) const { root_.call("execute", statements); }

void upload(const classic& python, const std::filesystem::path& local, const std::string& remote) {
    std::error_code failed;
    const auto status = std::filesystem::status(local, failed);
    if (failed) fail_here(local, "read", failed);
    if (std::filesystem::is_regular_file(status)) return upload_file(python, local, remote);
    if (!std::filesystem::is_directory(status)) return;
    const dynamic os = python.module("os");
    os.call("makedirs", remote, arg("exist_ok", true));
    std::filesystem::directory_iterator entries(local, failed);
    if (failed) fail_here(local, "read", failed);
    const dynamic path = os.attr("path");
    for (const auto& each : entries) {
        // A link that leads nowhere is neither a file nor a folder.
        if (each.status(failed).type() == std::filesystem::file_type::not_found) continue;
        upload(python, each.path(),
               path.call("join", remote, each.path().filename().string()).as<std::string>());
    }
}

void download(const classic& python, const std::string& remote,
              const std::filesystem::path& local) {
    const dynamic os = python.module("os");
    const dynamic path = os.attr("path");
    if (path.call("isfile", remote).as<bool>()) return download_file(python, remote, local);
    if (!path.call("isdir", remote).as<bool>()) {
        static_cast<void>(os.call("stat", remote)); // raises where there is nothing at all
        return;
    }
    std::error_code failed;
    std::filesystem::create_directories(local, failed);
    if (failed) fail_here(local, "make", failed);
    for (const auto& name : os.call("listdir", remote).as<std::vector<std::string>>()) {
        // A name is the peer's word: it must not lead out of the folder.
        const std::filesystem::path leaf(name);
        if (leaf.has_parent_path() || leaf.filename() != leaf || name == "." || name == "..") {
            throw_error(fail(errc::protocol_error, "peer lists ", beckon::quoted(name),
                             " in its folder; that is no name of a file"));
        }
        const auto inner = path.call("join", remote, name).as<std::string>();
        if (path.call("isfile", inner).as<bool>()) {
            download_file(python, inner, local / leaf);
        } else if (path.call("isdir", inner).as<bool>()) {
            download(python, inner, local / leaf);
        }
    }
}

} // namespace beckon::rpyc
