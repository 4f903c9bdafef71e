// Publishes the conformance service as `conformance` until its input ends: matrix_cpp_server ENDPOINT. Says first
// `listening on ENDPOINT`, as the servers of other languages do.
#include <cstdio>

#include "conformance/service.hpp"

int main(int count, char** words) {
    if (count != 2) return 2;
    beckon::server server;
    server.publish("conformance", conformance::make_conformance());
    std::printf("listening on %s\n", server.listen(words[1]).c_str());
    std::fflush(stdout);
    while (std::getchar() != EOF) {
    }
    return 0;
}
