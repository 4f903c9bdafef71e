// A Python interpreter behind RPyC's classic service: `rpyc_classic`, or a SlaveService of one's own.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "beckon/object/dynamic.hpp"

namespace beckon::rpyc {

/// Drives a remote interpreter, as Python's rpyc.classic does:
///
///   auto conversation = beckon::connect("rpyc+tcp://127.0.0.1:18812");
///   beckon::rpyc::classic python(conversation.root());
///   python.module("sys").attr("path").call("append", "lucy");
///   auto four = python.eval("2 + 2").as<int>();
///
/// It gives the interpreter nothing of this program but what is passed to it: unlike Python's own classic client, this side
/// shows no root of its own unless connect_options::published is set.
///
/// Errors: thrown, as by `dynamic`: what Python raised as the types of python_errors.hpp.
/// Thread-safety: all functions, from any thread.
class classic {
public:
    explicit classic(const object& root) : root_(root) {}

    [[nodiscard]] const dynamic& root() const noexcept { return root_; }
    /// A module by its dotted name, imported where it is not yet; python::module_not_found_error where there is none.
    [[nodiscard]] dynamic module(std::string_view name) const;
    /// Whether there is such a module; it is not imported, its parents are.
    [[nodiscard]] bool has_module(std::string_view name) const;
    [[nodiscard]] dynamic builtins() const { return module("builtins"); }
    /// The value of an expression.
    [[nodiscard]] dynamic eval(std::string_view expression) const;
    /// Runs statements; what they define is in `name_space`.
    void execute(std::string_view statements) const;
    /// The dict that eval and execute work in.
    [[nodiscard]] dynamic name_space() const { return root_.attr("namespace"); }

private:
    dynamic root_;
};

/// Most bytes of a file that go in one request.
inline constexpr std::size_t transfer_bytes = 64'000;

struct transfer_options {
    /// Whether an entry of a folder is copied, by its name in that folder; null: all are. What was named itself is not asked for.
    std::function<bool(const std::string& name)> filter{};
    /// What is neither a file nor a folder is passed over also where it was named itself; inside of folders it always is.
    bool ignore_invalid = false;
    std::size_t chunk_bytes = transfer_bytes; ///< In one request, at least 1.
};

/// Copies a file, or a folder with all that is in it, to the interpreter's machine. Existing files are overwritten.
///
/// Errors: python::os_error and those derived from it, of the other side; not_found and io_error, thrown as exceptions
/// of exception.hpp, of this one; invalid_argument for what is neither a file nor a folder.
void upload(const classic& python, const std::filesystem::path& local, const std::string& remote,
            const transfer_options& options = {});
/// The same in the other direction.
void download(const classic& python, const std::string& remote, const std::filesystem::path& local,
              const transfer_options& options = {});

} // namespace beckon::rpyc
