// A server, a bridge to it, and clients of the bridge, in one process and without a network.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "beckon/schema/parse.hpp"
#include "beckon/service/bridge.hpp"
#include "conformance/service.hpp"

namespace beckon::bridge_test {

/// Waits for something that the library does by itself.
inline void await(const std::function<bool()>& done) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!done()) {
        ASSERT_LT(std::chrono::steady_clock::now(), until) << "it never came to that";
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

struct across : testing::Test {
    std::shared_ptr<context> inside = *context::create();
    server there{{.context = inside}};

    /// Serves what `there` publishes, and bridges to it.
    bridge between(const std::string& near, const std::string& far, bridge_options options = {}) {
        options.serving.context = inside;
        bridge made(there.listen(far + "memory:there"), std::move(options));
        made.listen(near + "memory:here");
        return made;
    }
    connected dial(const std::string& near, connect_options options = {}) {
        options.context = inside;
        return connect(near + "memory:here", options);
    }
    static schema::document types(std::string_view idl) {
        return schema::parse(idl, "types.bk").value();
    }
};

} // namespace beckon::bridge_test
