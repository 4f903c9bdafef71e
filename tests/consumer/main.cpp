// A user's program, built against an installed Beckon by tests/consumer/run: prints one line, exits 0.
#include <cstdio>
#include <string>

#include <beckon/base/result.hpp>
#include <beckon/base/sha256.hpp>
#include <beckon/base/text.hpp>

namespace {

beckon::result<int> half(int number) {
    if (number % 2 != 0) {
        return beckon::fail(beckon::errc::invalid_argument, "expected an even number, found ",
                            number);
    }
    return number / 2;
}

} // namespace

int main() {
    const auto refused = half(7);
    const auto found = half(10);
    if (refused || !found) return 1;
    const std::string text = beckon::concat(*found, ", ", refused.error().to_string());
    std::printf("consumer: %s\n", text.c_str());
    return text.find("invalid_argument: expected an even number, found 7") != std::string::npos ? 0
                                                                                                : 1;
}
