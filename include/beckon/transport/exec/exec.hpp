// A child process's standard input and output as a stream: `exec:clangd --log=error`.
#pragma once

#include <memory>
#include <string_view>

#include "beckon/base/result.hpp"
#include "beckon/io/byte_stream.hpp"
#include "beckon/io/endpoint.hpp"
#include "beckon/io/transport_options.hpp"

/// The address is split into words like a shell's, but no shell runs (`io::split_command`); a `?` in
/// it is written `%3F`. The program is looked up in PATH. The child has a process group of its own,
/// so that signals from the terminal do not reach it and `close` reaches what it started.
///
/// Options:
/// - `stdio=pipe` (default), or `socket`: faster, and fine for most programs; those that open
///   /dev/stdin by name cannot.
/// - `stderr=inherit` (default), `log` (each line to the log as BKN-EXEC-STDERR), or `null`.
/// - `grace=MILLISECONDS` (default 2000, at most 600000).
///
/// When the child ends the stream ends, and `exit_description` says how: "exited with status 3",
/// "killed by signal 9 (killed)", "still running". It waits up to 100 ms for the system to tell,
/// if the stream has ended already.
///
/// `close` (and the destructor) ends the child without waiting for it: its input ends at once; if it
/// is still there after the grace time its whole group gets SIGTERM, and as soon as it has ended, or
/// after the same time again, what is left of the group gets SIGKILL. A thread of its own does the
/// waiting, only if the child is not gone already, and reaps it, so no zombie stays. If this process
/// ends first, the child has its end of input but no signals follow. A child that ends by itself is
/// reaped by `exit_description` or `close`.
namespace beckon::transport::exec {

inline constexpr std::string_view option_names[] = {"stdio", "stderr", "grace"};

/// Starts the program.
///
/// Errors: parse_error, invalid_argument for the endpoint; not_found naming the program; io_error
/// when it cannot be started.
[[nodiscard]] result<std::unique_ptr<io::byte_stream>>
connect(const io::endpoint& where, const io::connect_options& options = {});

} // namespace beckon::transport::exec
