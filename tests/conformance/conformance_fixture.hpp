// A server of the conformance service and a client of it, in one process.
#pragma once

#include <gtest/gtest.h>

#include "conformance/service.hpp"

namespace conformance {

struct conformance_fixture : testing::Test {
    beckon::server server;
    std::string endpoint = serve(server);
    beckon::connected session = beckon::connect(endpoint);
    beckon::ref<Conformance> service = session.get<Conformance>("conformance");

private:
    static std::string serve(beckon::server& at) {
        publish(at);
        return at.listen("memory:conformance");
    }
};

} // namespace conformance
