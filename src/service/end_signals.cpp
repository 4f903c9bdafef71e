#include "service/end_signals.hpp"

#include <atomic>

namespace beckon {

namespace {
std::atomic<int> noting{0};
volatile std::sig_atomic_t asked_to_end = 0;
void note_signal(int) { asked_to_end = 1; }
} // namespace

end_signals::end_signals() noexcept {
    if (noting.fetch_add(1) == 0) asked_to_end = 0;
    struct sigaction notes {};
    notes.sa_handler = note_signal;
    ::sigaction(SIGINT, &notes, &previous_int_);
    ::sigaction(SIGTERM, &notes, &previous_term_);
    sigset_t both;
    sigemptyset(&both);
    sigaddset(&both, SIGINT);
    sigaddset(&both, SIGTERM);
    ::pthread_sigmask(SIG_UNBLOCK, &both, &previous_mask_);
}

end_signals::~end_signals() {
    ::pthread_sigmask(SIG_SETMASK, &previous_mask_, nullptr);
    ::sigaction(SIGINT, &previous_int_, nullptr);
    ::sigaction(SIGTERM, &previous_term_, nullptr);
    noting.fetch_sub(1);
}

bool end_signals::asked() const noexcept { return asked_to_end != 0; }

} // namespace beckon
