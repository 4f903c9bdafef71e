// A server with limits of the test's choice, and somebody beside it who must never notice what the test does to them.
#pragma once

#include "core/raw_peer.hpp"

namespace beckon::core_test {

class limited : public ::testing::Test {
protected:
    void serve(const limits& allowed) {
        bystander_ = {};
        far_ = std::make_unique<serving>(nullptr, allowed);
        url_ = far_->there.listen(fresh_endpoint("memory"));
    }
    /// An honest client, who is asked again when the test is over.
    void serve_beside_another(const limits& allowed) {
        serve(allowed);
        bystander_ = open().get<Lab>("lab");
        EXPECT_EQ(bystander_->add(1, 2), 3);
    }
    void TearDown() override {
        if (bystander_) {
            EXPECT_EQ(bystander_->add(20, 3), 23) << "other sessions go on";
        }
        EXPECT_TRUE(eventually([this] {
            try {
                return open().get<Lab>("lab")->add(20, 4) == 24;
            } catch (const beckon::exception&) {
                return false; // the test's own connections may be going still
            }
        })) << "new sessions are served";
    }

    [[nodiscard]] connected open(const limits& own = {}) {
        connect_options options;
        options.context = far_->inside;
        options.limits = own;
        return connect(url_, options);
    }
    [[nodiscard]] raw_peer silent() {
        return raw_peer(*far_->inside->memory().connect(url_.substr(7)));
    }
    [[nodiscard]] raw_peer by_hand() {
        raw_peer peer = silent();
        peer.send_hello();
        return peer;
    }

    std::unique_ptr<serving> far_;
    std::string url_;
    ref<Lab> bystander_;
};

} // namespace beckon::core_test
