// Reads a pickle again and again: pyrpc-pickle FILE SECONDS. Prints how often in a second.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "beckon/codec/pickle.hpp"

int main(int count, char** words) {
    if (count != 3) return 2;
    std::ifstream file(words[1], std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    const double seconds = std::atof(words[2]);
    const auto begin = std::chrono::steady_clock::now();
    double elapsed = 0;
    int done = 0;
    for (; elapsed < seconds; ++done) {
        auto read = beckon::pickle::read(beckon::as_bytes(text));
        if (!read) {
            std::fprintf(stderr, "%s\n", read.error().to_string().c_str());
            return 1;
        }
        elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    }
    std::printf("%.3f\n", done / elapsed);
}
