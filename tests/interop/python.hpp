// Python programs as peers.
#pragma once

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "interop/peer.hpp"

extern "C" char** environ;

namespace beckon::interop {

using texts = std::vector<std::string>;

/// The interpreter that Debian's packages belong to, which need not be the first one on the path.
inline constexpr const char* debian_python = "/usr/bin/python3";

/// A Python program whose lines are read as it prints them. It gets the end of its input when this ends, and is to end too.
class python {
public:
    python(const std::string& program, const texts& arguments,
           const std::string& interpreter = debian_python) {
        int input[2];
        int output[2];
        EXPECT_EQ(::pipe2(input, O_CLOEXEC), 0);
        EXPECT_EQ(::pipe2(output, O_CLOEXEC), 0);
        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_adddup2(&actions, input[0], 0);
        ::posix_spawn_file_actions_adddup2(&actions, output[1], 1);
        texts words{interpreter, "-c", program};
        words.insert(words.end(), arguments.begin(), arguments.end());
        std::vector<char*> pointers;
        for (std::string& word : words) pointers.push_back(word.data());
        pointers.push_back(nullptr);
        if (::posix_spawn(&process_, words[0].c_str(), &actions, nullptr, pointers.data(),
                          environ) != 0) {
            process_ = -1;
        }
        ::posix_spawn_file_actions_destroy(&actions);
        ::close(input[0]);
        ::close(output[1]);
        input_ = input[1];
        output_ = output[0];
    }
    python(const python&) = delete;
    python& operator=(const python&) = delete;
    ~python() {
        ::close(input_);
        if (process_ > 0) static_cast<void>(status());
        ::close(output_);
    }
    [[nodiscard]] std::string line() const {
        std::string read;
        for (char letter = 0; ::read(output_, &letter, 1) == 1 && letter != '\n';) read += letter;
        return read;
    }
    [[nodiscard]] texts lines() const {
        texts all;
        for (std::string next = line(); !next.empty(); next = line()) all.push_back(next);
        return all;
    }
    /// Waits for its end; the exit status, or -1.
    [[nodiscard]] int status() {
        int ended = 0;
        const pid_t process = std::exchange(process_, -1);
        if (process <= 0 || ::waitpid(process, &ended, 0) != process) return -1;
        return WIFEXITED(ended) ? WEXITSTATUS(ended) : -1;
    }

private:
    pid_t process_ = -1;
    int input_ = -1;
    int output_ = -1;
};

/// Why a Python module cannot be used; none where it can.
[[nodiscard]] inline std::optional<std::string>
python_module(const std::string& name, const std::string& interpreter = debian_python) {
    if (python("import " + name, {}, interpreter).status() == 0) return std::nullopt;
    return interpreter + " has no module " + name;
}

/// An interpreter with a package of that version from Python's registry, installed once for all tests; or why there is
/// none.
struct found_python {
    std::string interpreter;
    std::optional<std::string> missing;
};
[[nodiscard]] inline found_python python_with(const std::string& peer, const std::string& module,
                                              const std::string& package) {
    const char* const source = std::getenv("BECKON_SOURCE_DIR");
    const std::string script =
        std::string(source != nullptr ? source : ".") + "/tests/interop/peer.py";
    const python finder("import runpy, sys; sys.argv[0] = sys.argv.pop(1); "
                        "runpy.run_path(sys.argv[0], run_name='__main__')",
                        {script, peer, module, package});
    const std::string said = finder.line();
    if (said.starts_with("/")) return {said, std::nullopt};
    return {"", said.empty() ? "nothing was found out" : said};
}

} // namespace beckon::interop
