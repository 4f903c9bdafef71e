// The server calls objects of the client: while a call lasts, and after it, as long as it holds a reference.
//
// Both programs stand in one file here; between them is a real connection.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <beckon/beckon.hpp>

struct Progress {
    void on_step(std::int32_t done, std::int32_t of);
};
struct Reader {
    void on_news(std::string headline);
};
struct Newspaper {
    /// Calls `progress` after each copy.
    std::int32_t print(std::int32_t copies, beckon::ref<Progress> progress);
    /// Calls `reader` for each headline from now on.
    void subscribe(beckon::ref<Reader> reader);
    /// Whether it had been subscribed.
    bool unsubscribe(beckon::ref<Reader> reader);
    /// How many readers were told.
    std::int32_t announce(std::string headline);
};
BECKON_INTERFACE(Progress, (on_step, done, of))
BECKON_INTERFACE(Reader, (on_news, headline))
BECKON_INTERFACE(Newspaper, (print, copies, progress), (subscribe, reader), (unsubscribe, reader),
                 (announce, headline))

// --- The server ---

/// Serves one call at a time, whatever session it comes from (see policy::serial below), so it needs no lock.
class newspaper {
public:
    std::int32_t print(std::int32_t copies, const beckon::ref<Progress>& progress) {
        for (std::int32_t done = 1; done <= copies; ++done) progress->on_step(done, copies);
        return copies;
    }
    void subscribe(beckon::ref<Reader> reader) { readers_.push_back(std::move(reader)); }
    bool unsubscribe(const beckon::ref<Reader>& reader) {
        // References to one object are equal, however they came here.
        return std::erase(readers_, reader) != 0;
    }
    std::int32_t announce(const std::string& headline) {
        std::erase_if(readers_, [&](const beckon::ref<Reader>& reader) {
            try {
                reader->on_news(headline);
                return false;
            } catch (const beckon::disconnected_error&) {
                return true; // its program has gone
            }
        });
        return static_cast<std::int32_t>(readers_.size());
    }

private:
    std::vector<beckon::ref<Reader>> readers_;
};

// --- The client ---

struct progress_line {
    void on_step(std::int32_t done, std::int32_t of) {
        std::printf("printed %d of %d\n", done, of);
    }
};
struct reader {
    std::string name;
    void on_news(const std::string& headline) {
        std::printf("%s reads: %s\n", name.c_str(), headline.c_str());
    }
};

void read_the_news(const std::string& endpoint) {
    auto session = beckon::connect(endpoint);
    auto paper = session.get<Newspaper>("newspaper");

    const auto copies =
        paper->print(3, beckon::make_ref<Progress>(std::make_shared<progress_line>()));
    std::printf("%d copies\n", copies);

    auto lucy = beckon::make_ref<Reader>(std::make_shared<reader>(reader{"Lucy"}));
    auto hugo = beckon::make_ref<Reader>(std::make_shared<reader>(reader{"Hugo"}));
    paper->subscribe(lucy);
    paper->subscribe(hugo);
    std::printf("told %d readers\n", paper->announce("Objects found to be live"));
    std::printf("unsubscribed: %s\n", paper->unsubscribe(lucy) ? "yes" : "no");
    std::printf("told %d readers\n", paper->announce("Wires carry anything"));
}

int main() {
    beckon::server server;
    server.publish<Newspaper>("newspaper", std::make_shared<newspaper>(), beckon::policy::serial);
    read_the_news(server.listen("tcp://127.0.0.1:0"));
}
