#include "listening.hpp"

#include <utility>

#include "command.hpp"

namespace command {

sigset_t block_end_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    return signals;
}

void fail_to_listen(beckon::error why) {
    const beckon::errc code = why.code();
    const bool misspelt = code == beckon::errc::parse_error ||
                          code == beckon::errc::invalid_argument ||
                          code == beckon::errc::not_found || code == beckon::errc::unsupported;
    throw failure{misspelt ? status::wrong_usage : status::no_connection, std::move(why)};
}

} // namespace command
