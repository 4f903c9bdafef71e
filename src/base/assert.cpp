#include "beckon/base/assert.hpp"

#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace beckon {

namespace {

void print_and_abort(const char* expression, const char* message, const char* file, int line) {
    std::fprintf(stderr, "beckon: bug at %s:%d: %s (%s)\n", file, line, message, expression);
    std::abort();
}

std::atomic<assert_handler> current_handler{&print_and_abort};

} // namespace

assert_handler set_assert_handler(assert_handler handler) noexcept {
    return current_handler.exchange(handler != nullptr ? handler : &print_and_abort);
}

namespace detail {

void assert_failed(const char* expression, const char* message, const char* file, int line) {
    current_handler.load()(expression, message, file, line);
    std::abort(); // a handler that returns breaks its contract
}

} // namespace detail

} // namespace beckon
