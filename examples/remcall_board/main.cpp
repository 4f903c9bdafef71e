// A notice board for remcall's programs: objects of either side called by the other, in C++.
//
// Both sides stand in one file here; between them is a real connection. Either could be a Python program with remcall.
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <beckon/beckon.hpp>

// As in the schema: names of letters and digits, and an interface called Main.
enum class Urgency { low, high };
struct Reader {
    void onNotice(std::string text, Urgency urgency);
};
struct Notice {
    std::string text();
    void replace(std::string text);
};
struct Main {
    beckon::ref<Notice> post(std::string text, Urgency urgency);
    void subscribe(beckon::ref<Reader> reader);
    /// remcall itself has no arrays to send: this one works between two Beckons.
    std::vector<std::string> all();
    void close();
};
BECKON_ENUM(Urgency, low, high)
BECKON_INTERFACE(Reader, (onNotice, text, urgency))
BECKON_INTERFACE(Notice, (text), (replace, text))
BECKON_INTERFACE(Main, (post, text, urgency), (subscribe, reader), (all), (close))

// --- The server ---

struct notice {
    std::string now;
    std::string text() { return now; }
    void replace(std::string text) { now = std::move(text); }
};

class board {
public:
    beckon::ref<Notice> post(std::string text, Urgency urgency) {
        notices_.push_back(std::make_shared<notice>(notice{text}));
        if (reader_) reader_->onNotice(std::move(text), urgency);
        return beckon::make_ref<Notice>(notices_.back());
    }
    void subscribe(beckon::ref<Reader> reader) { reader_ = std::move(reader); }
    std::vector<std::string> all() {
        std::vector<std::string> texts;
        for (const auto& each : notices_) texts.push_back(each->now);
        return texts;
    }
    void close() { throw std::runtime_error("the board is never closed"); }

private:
    std::vector<std::shared_ptr<notice>> notices_;
    beckon::ref<Reader> reader_;
};

// --- The client ---

struct reader {
    void onNotice(const std::string& text, Urgency urgency) {
        std::printf("%s: %s\n", urgency == Urgency::high ? "urgent" : "news", text.c_str());
    }
};

int main() {
    beckon::server server;
    server.publish<Main>("board", std::make_shared<board>(), beckon::policy::serial);
    const std::string endpoint = server.listen("remcall+tcp://127.0.0.1:0");

    auto session = beckon::connect(endpoint);
    auto there = session.get<Main>("board");
    there->subscribe(beckon::make_ref<Reader>(std::make_shared<reader>()));
    auto posted = there->post("tea at five", Urgency::high);
    posted->replace("tea at six");
    std::printf("now: %s\n", posted->text().c_str());
    for (const std::string& each : there->all()) std::printf("on the board: %s\n", each.c_str());
    try {
        there->close();
    } catch (const beckon::remote_error& failed) {
        std::printf("refused: %s\n", failed.failure().message().c_str());
    }

    // As a program of remcall would see it: no arrays, and no word of what fails.
    auto plain = beckon::connect(endpoint + "?peer=plain").get<Main>("board");
    const auto refused = plain.async()->all().result();
    std::printf("plain: %s\n", beckon::to_string(refused.error().code()).data());
    session.close();
}
