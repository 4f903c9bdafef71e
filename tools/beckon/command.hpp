// What the subcommands share: exit statuses, errors, output.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "beckon/base/error.hpp"
#include "beckon/base/result.hpp"

namespace CLI {
class App;
}

namespace command {

/// What the process ends with.
enum class status : int { ok = 0, failed = 1, wrong_usage = 2, no_connection = 3 };

/// Thrown by a subcommand that cannot do what it was asked for.
struct failure {
    status ends_with = status::failed;
    beckon::error what;
};

/// The same, where standard output says already why.
struct told_failure {
    status ends_with = status::failed;
};

[[noreturn]] void fail_usage(std::string message);

/// The value; throws a failure of status::failed where there is none.
template <typename T>
T checked(beckon::result<T> outcome) {
    if (!outcome) throw failure{status::failed, std::move(outcome).error()};
    return std::move(outcome).value();
}

// Each adds one subcommand.
void add_serve(CLI::App& app);
void add_call(CLI::App& app);
void add_discover(CLI::App& app);
void add_ls(CLI::App& app);
void add_describe(CLI::App& app);
void add_compile(CLI::App& app);
void add_print(CLI::App& app);
void add_bridge(CLI::App& app);
void add_replay(CLI::App& app);
void add_bench(CLI::App& app);
void add_jobs(CLI::App& app);
void add_keys(CLI::App& app);
void add_completion(CLI::App& app);

/// Writes to standard output at once, so that a reader of a pipe sees it.
void print(std::string_view text);
/// The same with a line end.
void print_line(std::string_view text);

/// One line on standard error: "beckon: ...", or the error as JSON.
void report(const beckon::error& what, bool as_json);

/// The text on one line, without what a terminal would obey.
[[nodiscard]] std::string one_line(std::string_view text);

} // namespace command
