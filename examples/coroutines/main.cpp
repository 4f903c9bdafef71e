// Handlers and clients that wait without holding a thread.
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <beckon/beckon.hpp>

struct Shop {
    std::int64_t price(std::string article);
};
struct Broker {
    /// The sum of the prices in all its shops; shops that do not have the article are left out.
    std::int64_t total(std::string article);
};
BECKON_INTERFACE(Shop, (price, article))
BECKON_INTERFACE(Broker, (total, article))

// --- Servers ---

struct shop {
    std::string article;
    std::int64_t amount;
    std::int64_t price(const std::string& wanted) {
        if (wanted != article) throw std::out_of_range("no " + wanted + " here");
        return amount;
    }
};

/// Its handler is a coroutine: while it waits for the shops, no thread waits.
class broker {
public:
    explicit broker(std::vector<beckon::ref<Shop>> shops) : shops_(std::move(shops)) {}

    // A handler's arguments stay until it has ended, also where it is a coroutine.
    beckon::task<std::int64_t> total(const std::string& article) {
        // All shops are asked before the first answer is awaited.
        std::vector<beckon::future<std::int64_t>> answers;
        for (const auto& shop : shops_) answers.push_back(shop.async()->price(article));
        std::int64_t sum = 0;
        for (auto& answer : answers) {
            try {
                sum += co_await answer;
            } catch (const beckon::remote_error& failure) {
                std::printf("broker: %s\n", failure.message().c_str());
            }
        }
        co_return sum;
    }

private:
    std::vector<beckon::ref<Shop>> shops_;
};

// --- A client ---

beckon::task<std::int64_t> compare(beckon::ref<Broker> broker) {
    const std::int64_t tea = co_await broker.async()->total("tea");
    std::printf("tea costs %lld\n", static_cast<long long>(tea));
    const std::int64_t coffee = co_await broker.async()->total("coffee");
    std::printf("coffee costs %lld\n", static_cast<long long>(coffee));
    co_return tea - coffee;
}

int main() {
    beckon::server shops;
    shops.publish<Shop>("corner", std::make_shared<shop>(shop{"tea", 3}));
    shops.publish<Shop>("market", std::make_shared<shop>(shop{"tea", 4}));
    shops.publish<Shop>("roastery", std::make_shared<shop>(shop{"coffee", 5}));
    auto street = beckon::connect(shops.listen("tcp://127.0.0.1:0"));

    beckon::server brokers;
    brokers.publish<Broker>("broker", std::make_shared<broker>(std::vector<beckon::ref<Shop>>{
                                          street.get<Shop>("corner"), street.get<Shop>("market"),
                                          street.get<Shop>("roastery")}));
    auto session = beckon::connect(brokers.listen("tcp://127.0.0.1:0"));

    // Ordinary code waits for a coroutine with sync_wait; start() gives a future of it instead.
    const std::int64_t difference = beckon::sync_wait(compare(session.get<Broker>("broker")));
    std::printf("tea costs %lld more\n", static_cast<long long>(difference));
}
