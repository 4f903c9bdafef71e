// Runs one fuzz target over its corpus as an ordinary test: every file of the given folders as it is, then, for
// the shortest two hundred, every truncation and every single bit flipped. No randomness: the same inputs each time.
// Under a sanitizer, which makes each ten times slower, only one bit of a byte is flipped behind a file's first 256.
//
// Usage: NAME_fuzz_corpus FOLDER...
// What fails is named on standard error as FILE, FILE cut to N bytes, or FILE with bit B of byte N flipped.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <tuple>
#include <vector>

#include <unistd.h>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);
// Present in sanitizer builds alone: called before they end the program.
extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)());

namespace {

constexpr std::size_t mutated_files = 200;
// A bit flip of each of n bytes runs n bytes each time; beyond this many the rest of a file stays whole.
constexpr std::size_t mutated_bytes = 4096;
constexpr std::size_t bytes_with_each_bit_flipped = 256;
constexpr unsigned most_seconds_an_input = 20;

struct input {
    std::string path;
    std::vector<std::uint8_t> bytes;
};

// What runs now, for a handler that may only write: no allocation, no locks.
struct running {
    const char* path = "nothing yet";
    const char* change = "as it is";
    std::size_t at = 0;
    int bit = 0;
} now;

void write_text(const char* text) {
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text, std::strlen(text));
}

void write_number(std::size_t number) {
    char digits[24];
    char* first = digits + sizeof digits;
    *--first = '\0';
    do {
        *--first = static_cast<char>('0' + number % 10);
        number /= 10;
    } while (number > 0);
    write_text(first);
}

void tell_what_runs() {
    write_text("\nfuzz input: ");
    write_text(now.path);
    write_text(" ");
    write_text(now.change);
    write_text(" (byte ");
    write_number(now.at);
    write_text(", bit ");
    write_number(static_cast<std::size_t>(now.bit));
    write_text(")\n");
}

void on_signal(int number) {
    if (number == SIGALRM) write_text("\nfuzz input took longer than 20 s");
    tell_what_runs();
    std::signal(number, SIG_DFL);
    std::raise(number);
}

void watch_for_failures() {
    if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(tell_what_runs);
    for (const int number : {SIGABRT, SIGALRM}) std::signal(number, on_signal);
    if (__sanitizer_set_death_callback == nullptr) {
        for (const int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL}) std::signal(number, on_signal);
    }
}

// A copy of exactly this size, so that a sanitizer sees a read of one byte too many.
void run(const std::uint8_t* bytes, std::size_t size) {
    const std::vector<std::uint8_t> exact(bytes, bytes + size);
    ::alarm(most_seconds_an_input);
    LLVMFuzzerTestOneInput(exact.data(), exact.size());
    ::alarm(0);
}

std::vector<input> read_corpus(int folders, char** names) {
    std::vector<input> corpus;
    for (int i = 0; i < folders; ++i) {
        std::error_code none;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(names[i], none)) {
            if (!entry.is_regular_file()) continue;
            std::ifstream file(entry.path(), std::ios::binary);
            corpus.push_back(
                {entry.path().string(),
                 {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()}});
        }
    }
    std::sort(corpus.begin(), corpus.end(), [](const input& left, const input& right) {
        return std::forward_as_tuple(left.bytes.size(), left.path) <
               std::forward_as_tuple(right.bytes.size(), right.path);
    });
    return corpus;
}

std::size_t run_truncations(const input& whole) {
    const std::size_t most = std::min(whole.bytes.size(), mutated_bytes);
    for (std::size_t size = 0; size < most; ++size) {
        now = {whole.path.c_str(), "cut", size, 0};
        run(whole.bytes.data(), size);
    }
    return most;
}

std::size_t run_bit_flips(const input& whole) {
    const bool slow = __sanitizer_set_death_callback != nullptr;
    std::vector<std::uint8_t> changed = whole.bytes;
    const std::size_t most = std::min(changed.size(), mutated_bytes);
    std::size_t flips = 0;
    for (std::size_t at = 0; at < most; ++at) {
        const bool each = !slow || at < bytes_with_each_bit_flipped;
        const int first = each ? 0 : static_cast<int>(at % 8);
        for (int bit = first; bit <= (each ? 7 : first); ++bit) {
            now = {whole.path.c_str(), "with one bit flipped", at, bit};
            const auto mask = static_cast<std::uint8_t>(1u << bit);
            changed[at] ^= mask;
            run(changed.data(), changed.size());
            changed[at] ^= mask;
            ++flips;
        }
    }
    return flips;
}

} // namespace

int main(int argc, char** argv) {
    const std::vector<input> corpus = read_corpus(argc - 1, argv + 1);
    if (corpus.empty()) {
        std::fprintf(stderr, "fuzz target has no corpus: no file in %s\n",
                     argc > 1 ? argv[1] : "(no folder given)");
        return 1;
    }
    watch_for_failures();
    const auto begin = std::chrono::steady_clock::now();
    run(nullptr, 0);
    for (const input& whole : corpus) {
        now = {whole.path.c_str(), "as it is", 0, 0};
        run(whole.bytes.data(), whole.bytes.size());
    }
    std::size_t truncations = 0;
    std::size_t flips = 0;
    for (std::size_t i = 0; i < std::min(corpus.size(), mutated_files); ++i) {
        truncations += run_truncations(corpus[i]);
        flips += run_bit_flips(corpus[i]);
    }
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - begin;
    std::printf("%zu files, %zu truncations, %zu bit flips in %.1f s\n", corpus.size(), truncations,
                flips, spent.count());
    return 0;
}
