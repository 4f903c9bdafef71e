#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>
#include <string_view>

namespace bench {

/// What the command line of every client and server of the harness may say; bench/README.md is the
/// contract. A run ends at `seconds` or `calls`, whichever comes first.
struct options {
    std::string workload;
    std::uint16_t port = 0;
    double seconds = 1.0;
    double warmup = 0.2;
    std::uint64_t calls = std::numeric_limits<std::uint64_t>::max();
    bool spin = false;
    bool blocking = false;
    bool marks = false;
    bool list_workloads = false;
};

[[noreturn]] inline void usage_error(const char* program, std::string_view what) {
    std::fprintf(stderr,
                 "%s: %.*s\nusage: [--workload W] [--port P] [--seconds S] [--calls N] [--warmup S]"
                 " [--spin] [--blocking] [--marks] [--workloads]\n",
                 program, static_cast<int>(what.size()), what.data());
    std::exit(2);
}

inline options parse_options(int argc, char** argv) {
    options parsed;
    for (int i = 1; i < argc; ++i) {
        const std::string_view name = argv[i];
        const auto value = [&] {
            if (i + 1 >= argc) usage_error(argv[0], std::string(name) + " wants a value");
            return std::string(argv[++i]);
        };
        const auto number = [&] {
            const std::string text = value();
            char* end = nullptr;
            const double read = std::strtod(text.c_str(), &end);
            if (text.empty() || *end != '\0' || !(read >= 0))
                usage_error(argv[0], std::string(name) + " wants a number, not " + text);
            return read;
        };
        if (name == "--workload")
            parsed.workload = value();
        else if (name == "--port")
            parsed.port = static_cast<std::uint16_t>(number());
        else if (name == "--seconds")
            parsed.seconds = number();
        else if (name == "--warmup")
            parsed.warmup = number();
        else if (name == "--calls")
            parsed.calls = static_cast<std::uint64_t>(number());
        else if (name == "--spin")
            parsed.spin = true;
        else if (name == "--blocking")
            parsed.blocking = true;
        else if (name == "--marks")
            parsed.marks = true;
        else if (name == "--workloads")
            parsed.list_workloads = true;
        else
            usage_error(argv[0], "unknown option " + std::string(name));
    }
    return parsed;
}

} // namespace bench
