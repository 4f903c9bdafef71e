// What the subcommands share that listen.
#pragma once

#include <csignal>

#include "beckon/base/error.hpp"

namespace command {

/// SIGTERM and SIGINT, which stay until somebody waits for them or lets them in: none is lost that comes while listeners are
/// still opened. Before any thread starts, so that all of them leave the signals to this one.
[[nodiscard]] sigset_t block_end_signals();

/// Throws that nobody can listen there: wrong usage, where other words would have done it.
[[noreturn]] void fail_to_listen(beckon::error why);

} // namespace command
