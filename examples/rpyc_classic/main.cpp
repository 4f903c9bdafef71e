// RPyC's best-known demonstration, from C++: a Python interpreter elsewhere, used as if it were here.
//
//   rpyc_classic --port 18812 &
//   example_rpyc_classic rpyc+tcp://127.0.0.1:18812
#include <cstdio>
#include <string>
#include <vector>

#include <beckon/rpyc.hpp>

using beckon::dynamic;
using beckon::rpyc::classic;
using namespace beckon::literals;

namespace {

/// sys.path: an object of the interpreter, which changes there.
void change_the_path(const classic& python) {
    dynamic path = python.module("sys").attr("path");
    path.call("append", "lucy");
    std::printf("sys.path ends with %s\n", path[-1].as<std::string>().c_str());
    path.call("pop");
}

/// A remote ls, of os.listdir and os.stat.
void list_folder(const classic& python, const std::string& folder) {
    const dynamic os = python.module("os");
    const dynamic join = os.attr("path").attr("join");
    for (const auto& name : os.call("listdir", folder).as<std::vector<std::string>>()) {
        const dynamic status = os.call("stat", join(folder, name));
        std::printf("%8lld %s\n", status.attr("st_size").as<long long>(), name.c_str());
    }
}

/// Python's exceptions are C++ exceptions, with what Python told of them.
void open_what_is_not_there(const classic& python) {
    try {
        python.builtins().call("open", "/no/such/file");
    } catch (const beckon::python::file_not_found_error& missing) {
        std::printf("FileNotFoundError, errno %d\n", missing.attributes()["errno"].as<int>());
    }
}

/// A generator is iterated in batches: three requests here, not a thousand.
void sum_a_generator(const classic& python) {
    long long sum = 0;
    for (const dynamic& square : python.eval("(n * n for n in range(1000))"))
        sum += square.as<long long>();
    std::printf("sum of squares %lld\n", sum);
}

/// Python's `with`, a named argument, and a file of the other machine.
void write_a_file(const classic& python, const std::string& path) {
    with(python.builtins().call("open", path, "w", "encoding"_arg = "utf-8"),
         [](const dynamic& file) { file.call("write", "Good day, Lucy\n"); });
    with(python.builtins().call("open", path), [](const dynamic& file) {
        std::printf("read back: %s", file.call("read").as<std::string>().c_str());
    });
}

} // namespace

int main(int count, char** words) {
    if (count != 3) {
        std::fprintf(stderr, "usage: %s ENDPOINT FOLDER\n", words[0]);
        return 2;
    }
    auto conversation = beckon::connect(words[1]);
    const classic python(conversation.root());
    const std::string folder = words[2];
    change_the_path(python);
    write_a_file(python, folder + "/greeting.txt");
    list_folder(python, folder);
    open_what_is_not_there(python);
    sum_a_generator(python);

    const dynamic counts = python.module("collections").call("Counter", "abracadabra");
    std::printf("a: %d, all: %s\n", counts["a"].as<int>(), counts.str().c_str());
    return 0;
}
