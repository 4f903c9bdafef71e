#pragma once

#include <cstdio>
#include <exception>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>

#include "common/options.hpp"
#include "common/runs.hpp"

namespace bench {

struct workload {
    std::string_view name;
    std::function<figure(const options&)> measure;
};

inline void print_figure(const figure& measured) {
    std::printf("{\"value\": %.6g, \"unit\": \"%s\"", measured.value, measured.unit.c_str());
    for (const auto& [name, value] : measured.details)
        std::printf(", \"%s\": %.6g", name.c_str(), value);
    std::printf("}\n");
    std::fflush(stdout);
}

/// The `main` of every client: picks the workload, prints its figure as one line of JSON.
inline int client_main(int argc, char** argv, std::initializer_list<workload> known) {
    const options chosen = parse_options(argc, argv);
    if (chosen.list_workloads) {
        for (const workload& each : known)
            std::printf("%.*s\n", static_cast<int>(each.name.size()), each.name.data());
        return 0;
    }
    for (const workload& each : known) {
        if (each.name != chosen.workload) continue;
        try {
            print_figure(each.measure(chosen));
            return 0;
        } catch (const std::exception& failure) {
            std::fprintf(stderr, "%s: %s: %s\n", argv[0], chosen.workload.c_str(), failure.what());
            return 1;
        }
    }
    usage_error(argv[0], "no workload \"" + chosen.workload + "\" here; --workloads lists them");
}

} // namespace bench
