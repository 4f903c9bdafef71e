// Arbitrary bytes from a peer of pyrpc into a session that publishes an object with methods of every kind.
#include "session/session_fuzz.hpp"

#include "beckon/protocol/pyrpc/pyrpc.hpp"
#include "beckon/session/jobs/job_board.hpp"

namespace {

/// Jobs whose outcome is what they were given, at once: no thread makes a run differ from the one before.
class echoing_board final : public beckon::job_board {
public:
    beckon::result<void> configure(beckon::job_options,
                                   std::unique_ptr<beckon::job_store>) override {
        return {};
    }
    beckon::job_options options() const override { return {}; }
    beckon::result<std::string> start(const beckon::job_order& order) override {
        id_ = order.id;
        outcome_ = order.arguments;
        return id_;
    }
    beckon::result<beckon::job_status> find(std::string_view id,
                                            const beckon::job_owner&) override {
        if (id != id_) return beckon::fail(beckon::errc::not_found, "no such job");
        return beckon::job_status{.id = id_, .stage = beckon::job_stage::done};
    }
    beckon::function<void()> wait(std::string_view, const beckon::job_owner&, beckon::nanoseconds,
                                  told_function) override {
        return nullptr;
    }
    beckon::result<beckon::value> fetch(std::string_view, const beckon::job_owner&, bool) override {
        return outcome_;
    }
    beckon::result<bool> cancel(std::string_view, const beckon::job_owner&) override {
        return false;
    }
    beckon::result<std::vector<beckon::job_status>> list(const beckon::job_owner&) override {
        return std::vector<beckon::job_status>();
    }
    std::size_t size() override { return 0; }
    std::size_t unfinished() override { return 0; }
    void rest() noexcept override {}
    void stop() noexcept override {}

private:
    std::string id_;
    beckon::value outcome_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace beckon::fuzzed;
    const beckon::byte_view input(reinterpret_cast<const std::byte*>(data), size);
    const auto speak = [] { return beckon::make_pyrpc_callee({}); };
    const auto keep = [] {
        return beckon::make_pyrpc_callee({.jobs = std::make_shared<echoing_board>()});
    };
    run_bytes(input, pace::at_once, speak);
    run_bytes(input, pace::slowly, speak);
    run_bytes(input, pace::at_once, keep);
    return 0;
}
