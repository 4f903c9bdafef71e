// How calls fail, and how that is told.
#include <chrono>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>

#include <beckon/beckon.hpp>

using namespace std::chrono_literals;

/// Any class can be a declared exception; what() makes it a standard one as well.
struct OutOfStock : std::exception {
    std::string name;
    std::int64_t wanted = 0;
    std::int64_t available = 0;
    OutOfStock() = default;
    OutOfStock(std::string article, std::int64_t asked, std::int64_t there)
        : name(std::move(article)), wanted(asked), available(there) {}
    [[nodiscard]] const char* what() const noexcept override { return "out of stock"; }
};
BECKON_EXCEPTION(OutOfStock, name, wanted, available)

struct Store {
    std::int64_t sell(std::string name, std::int64_t count);
    void deliver(std::string name);
    std::string inventory(std::int64_t milliseconds);
    void refund(std::string name);
};
BECKON_INTERFACE(Store, (sell, name, count), (deliver, name), (inventory, milliseconds),
                 (refund, name))
BECKON_RAISES(Store, OutOfStock)

class store {
public:
    std::int64_t sell(const std::string& name, std::int64_t count) {
        if (count > left_) throw OutOfStock(name, count, left_);
        return left_ -= count;
    }
    void deliver(const std::string& name) {
        throw std::runtime_error("the lorry with the " + name + " broke down");
    }
    std::string inventory(std::int64_t milliseconds) {
        // Ends early where the caller gives up or its deadline passes.
        beckon::this_call::sleep_for(std::chrono::milliseconds(milliseconds));
        return std::to_string(left_) + " left";
    }
    // No refund: see beckon::partial below.

private:
    std::int64_t left_ = 10;
};

int main() {
    beckon::server server;
    server.publish<Store>("store", beckon::partial{std::make_shared<store>()});
    const std::string endpoint = server.listen("tcp://127.0.0.1:0");
    auto session = beckon::connect(endpoint);
    auto shop = session.get<Store>("store");

    // A declared exception arrives as itself.
    try {
        std::printf("%lld left\n", static_cast<long long>(shop->sell("nails", 4)));
        shop->sell("nails", 20);
    } catch (const OutOfStock& failure) {
        std::printf("%s: wanted %lld %s, there are %lld\n", failure.what(),
                    static_cast<long long>(failure.wanted), failure.name.c_str(),
                    static_cast<long long>(failure.available));
    }

    // Any other one as remote_error, with its type and message.
    try {
        shop->deliver("planks");
    } catch (const beckon::remote_error& failure) {
        std::printf("%s: %s\n", failure.type_name().c_str(), failure.message().c_str());
    }

    // Failures of the machinery have types of their own.
    try {
        shop.with(beckon::timeout(20ms))->inventory(10'000);
    } catch (const beckon::timeout_error&) {
        std::printf("took too long\n");
    }
    try {
        shop->refund("hammer");
    } catch (const beckon::unknown_method& failure) {
        std::printf("%s\n", failure.failure().message().c_str());
    }

    // Without exceptions: result() of a future, try_get, try_connect.
    const auto found = session.try_get<Store>("shed");
    std::printf("%s\n", found ? "there is a shed" : found.error().message().c_str());
    const auto sold = shop.async()->sell("screws", 2).result();
    if (sold) std::printf("%lld left\n", static_cast<long long>(*sold));

    // Giving a call up; the handler is told.
    auto pending = shop.async()->inventory(10'000);
    pending.cancel();
    std::printf("%s\n", std::string(to_string(pending.result().error().code())).c_str());

    // Nobody is there any more.
    server.stop();
    const auto gone = shop.async()->sell("nails", 1).result();
    std::printf("%s\n", std::string(to_string(gone.error().code())).c_str());
    const auto refused = beckon::try_connect(endpoint);
    std::printf("connecting again: %s\n", refused ? "worked" : "refused");
}
