// A typed object that everybody can talk to who can send a line of text.
//
//   netcat ENDPOINT     such as: netcat jsonrpc+tcp://127.0.0.1:7000
#include <cstdio>
#include <map>
#include <string>

#include <beckon/jsonrpc.hpp>

struct Shop {
    std::int64_t count(std::string item);
    std::int64_t put(std::string item, std::int64_t count);
    std::int64_t take(std::string item, std::int64_t count);
};
BECKON_INTERFACE(Shop, (count, item), (put, item, count), (take, item, count))

namespace {

class shop {
public:
    std::int64_t count(const std::string& item) { return stock_[item]; }
    std::int64_t put(const std::string& item, std::int64_t count) { return stock_[item] += count; }
    std::int64_t take(const std::string& item, std::int64_t count) {
        if (stock_[item] < count) {
            throw beckon::jsonrpc::response_error(1001, "too few of " + item,
                                                  beckon::value::map({{"left", stock_[item]}}));
        }
        return stock_[item] -= count;
    }

private:
    std::map<std::string, std::int64_t> stock_;
};

} // namespace

int main(int count, char** words) {
    if (count != 2) {
        std::fprintf(stderr, "usage: netcat ENDPOINT\n");
        return 2;
    }
    try {
        beckon::server server;
        server.publish<Shop>("shop", std::make_shared<shop>(), beckon::policy::serial);
        std::printf("listening %s\n", server.listen(words[1]).c_str());
        std::fflush(stdout);
        server.run();
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "netcat: %s\n", failure.what());
        return 1;
    }
}
