// A server of the conformance service and a client of it, in one process.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "conformance/service.hpp"

namespace conformance {

/// The two, with a protocol between them.
struct both_ends {
    explicit both_ends(const std::string& listens) : endpoint(serve(server, listens)) {}

    beckon::server server;
    std::string endpoint;
    beckon::connected session = beckon::connect(endpoint);
    beckon::ref<Conformance> service = session.get<Conformance>("conformance");

private:
    static std::string serve(beckon::server& at, const std::string& listens) {
        publish(at);
        return at.listen(listens);
    }
};

/// Over the native protocol.
struct conformance_fixture : testing::Test, both_ends {
    conformance_fixture() : both_ends("memory:conformance") {}
};

/// Over each protocol that carries typed interfaces.
struct conformance_over : testing::TestWithParam<const char*>, both_ends {
    conformance_over() : both_ends(std::string(GetParam()) + "memory:conformance") {}
};

} // namespace conformance
