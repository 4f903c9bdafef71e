// A remote interpreter's standard streams, here: what it prints is written by this program.
#pragma once

#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "beckon/object/dynamic.hpp"
#include "beckon/protocol/rpyc/classic.hpp"

namespace beckon::rpyc {

/// Where the interpreter's `sys.stdout`, `sys.stderr` and `sys.stdin` lead; what is null stays the interpreter's own.
struct stdio_functions {
    std::function<void(std::string_view)> out{};
    std::function<void(std::string_view)> err{};
    /// The next line with its line feed, the last one perhaps without; nothing at the end.
    std::function<std::optional<std::string>()> in{};
};

/// Puts these streams in the place of the interpreter's own while it lives, as Python's redirected_stdio does:
///
///   const beckon::rpyc::redirected_stdio here(python, std::cout, std::cerr);
///   python.execute("print('hello')");                 // appears here
///
/// They count for the whole interpreter, which may serve others. What it prints while this program is in no call comes
/// at once, on a thread of the library; one function of each stream runs at a time. What a function throws is raised there.
///
/// Errors: thrown by the constructor and `restore`, as by classic.
/// Lifetime: streams outlive it. Where the connection ends before, the interpreter keeps streams that lead nowhere.
class redirected_stdio {
public:
    redirected_stdio(const classic& python, stdio_functions to);
    redirected_stdio(const classic& python, std::ostream& out, std::ostream& err,
                     std::istream* in = nullptr);
    ~redirected_stdio(); ///< `restore`; failures are passed over.
    redirected_stdio(const redirected_stdio&) = delete;
    redirected_stdio& operator=(const redirected_stdio&) = delete;

    /// Puts the interpreter's own streams back. Idempotent.
    void restore();

private:
    dynamic sys_;
    std::vector<std::pair<std::string, dynamic>> before_;
};

} // namespace beckon::rpyc
