// pyrpc, both roles: an object and a function that Python programs with pyrpc can call, and a client that calls them.
#include <beckon/pyrpc.hpp>

#include <iostream>
#include <stdexcept>
#include <string>

using namespace beckon::literals;

class film_store {
public:
    std::string convert(const std::string& film, const std::string& to) {
        if (film.empty()) throw std::invalid_argument("no film");
        return film + "." + to;
    }
    std::int64_t count() { return 3; }
};

struct FilmStore {
    std::string convert(std::string film, std::string to);
    std::int64_t count();
};
BECKON_INTERFACE(FilmStore, (convert, film, to), (count))

int main() {
    beckon::server server;
    const auto store = beckon::make_ref<FilmStore>(std::make_shared<film_store>());
    const auto print = [](std::string_view line) { std::cout << line << '\n'; };
    server.publish("films",
                   beckon::pyrpc::logged(store, {.of_calls = print, .of_exceptions = print}));
    const std::string endpoint = server.listen("pyrpc+tcp://127.0.0.1:0?nonblocking=true");
    server.publish("double", beckon::make_function([](int number) { return 2 * number; }));

    const auto conversation = beckon::connect(endpoint);
    const beckon::pyrpc::client client(conversation.root());
    const auto film = client.call("convert", "alien", "to"_arg = "mkv", "call_timeout"_arg = 5);
    std::cout << film.as<std::string>() << ' ' << client.call("double", 21).as<int>() << '\n';
    const auto late = client.call("nb_convert", "brazil", "mkv", "nb_fetch_tick"_arg = 0.1);
    std::cout << late.as<std::string>() << '\n';
    try {
        client.call("convert", "", "mkv");
    } catch (const beckon::python::value_error& refused) {
        std::cout << refused.type_name() << ": " << refused.message() << '\n';
    }
    const auto films = conversation.get<FilmStore>("films");
    std::cout << films->count() << '\n';
}
