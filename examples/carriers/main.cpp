// Carriers: one program text for peers that dial, that are dialled, and that share a bus, with all that comes and goes by name.
#include <beckon/beckon.hpp>
#include <beckon/service/carrier.hpp>
#include <cstdio>
#include <functional>
#include <semaphore>

struct Board {
    void pin(std::string note);
};
BECKON_INTERFACE(Board, (pin, note))

struct printing_board {
    std::string whose;
    void pin(const std::string& note) {
        std::printf("%s reads: %s\n", whose.c_str(), note.c_str());
    }
};

using told_of = std::function<void(const beckon::connected&)>;

beckon::carrier take_part(const std::string& expression, const std::string& whose,
                          const told_of& who_comes = nullptr) {
    beckon::carrier carrier(expression);
    carrier.published()->publish(
        "board",
        beckon::make_ref<Board>(std::make_shared<printing_board>(printing_board{whose})).core());
    if (who_comes) carrier.on_connect(who_comes);
    carrier.on_disconnect(
        [](const beckon::connected& peer) { std::printf("%s has gone\n", peer.name().c_str()); });
    carrier.start();
    return carrier;
}

void tell_everybody(const beckon::carrier& carrier, const std::string& note) {
    for (const beckon::connected& peer : carrier.everybody()) peer.get<Board>("board")->pin(note);
}

int main() try {
    std::counting_semaphore<> came(0);
    beckon::carrier ann = take_part("mux:(internal:town:ann)(tcpserv:127.0.0.1:0)", "ann",
                                    [&came](const beckon::connected&) { came.release(); });
    beckon::carrier ben = take_part("internal:town:ben", "ben");
    tell_everybody(ben, "hello from the bus");

    // One who comes by tcp: the port that the system chose stands in the carrier's name.
    const std::string name = ann.name();
    const std::size_t at = name.find("tcp://");
    const std::string url = name.substr(at, name.find(')', at) - at);
    beckon::carrier cat = take_part("restart:5:" + url, "cat");
    for (int i = 0; i < 2; ++i) came.acquire(); // ben and cat
    tell_everybody(ann, "hello from ann, however you came");

    ann.close("ben");
    ben.stop();
    cat.stop();
    return 0;
} catch (const beckon::exception& failure) {
    std::fprintf(stderr, "carriers: %s\n", failure.what());
    return 1;
}
