// Conversations that are recorded as they are held.
#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "shop.hpp"

namespace record_tests {

/// A folder for one test.
struct scratch_folder {
    scratch_folder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "record-XXXXXX").string();
        path = ::mkdtemp(pattern.data());
    }
    ~scratch_folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    scratch_folder(const scratch_folder&) = delete;
    scratch_folder& operator=(const scratch_folder&) = delete;

    [[nodiscard]] std::string file(const std::string& name) const { return path + "/" + name; }
    std::string path;
};

inline std::string content_of(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    std::stringstream all;
    all << in.rdbuf();
    return all.str();
}

inline void write_file(const std::string& file, const std::string& content) {
    std::ofstream(file, std::ios::binary) << content;
}

/// One that serves a version of the shop, at an endpoint of its own.
struct served_shop {
    explicit served_shop(const std::string& listen, shop_version version = {}) {
        auto made = std::make_shared<shop>();
        made->version = version;
        server.publish<Shop>("shop", made);
        endpoint = server.listen(listen);
    }
    ~served_shop() { server.stop(); }

    beckon::server server;
    std::string endpoint;
};

/// The transport's name, and what is recorded over it: "recorded:" in place of "tcp:" and its like.
inline std::shared_ptr<beckon::context>
recording_context(const std::shared_ptr<beckon::recorder>& into, const std::string& transport) {
    auto made = beckon::context::create().value();
    auto count = std::make_shared<std::atomic<std::uint64_t>>(0);
    made->add_transport(
        "recorded", {.connect = [into, transport, count](const beckon::io::endpoint& where,
                                                         const beckon::io::connect_options&)
                         -> beckon::result<std::unique_ptr<beckon::io::byte_stream>> {
            beckon::io::endpoint real = where;
            real.transport = transport;
            beckon::io::endpoint bare = real;
            bare.protocol = "native"; // pyrpc's own stream is made of this one
            bare.options.clear();
            BECKON_ASSIGN(auto stream, beckon::dial(*beckon::context::standard(), bare,
                                                    beckon::io::to_string(bare), {}));
            return beckon::record(std::move(stream), into, real, ++*count);
        }});
    return made;
}

/// What a client of the shop says to the server at the endpoint, in `file`.
template <typename Talk>
void record_talk(const std::string& endpoint, const std::string& file, const Talk& talk,
                 beckon::recorder_options with = {}) {
    auto recorder = beckon::make_recorder(file, std::move(with)).value();
    beckon::io::endpoint where = beckon::io::parse_endpoint(endpoint).value();
    const std::string transport = std::exchange(where.transport, "recorded");
    beckon::connect_options options;
    options.context = recording_context(recorder, transport);
    {
        const beckon::connected session = beckon::connect(beckon::io::to_string(where), options);
        talk(session);
        session.close();
    }
    options.context.reset();
    // The session's threads let go of the stream when they have seen its end.
    while (recorder.use_count() != 1) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    recorder->flush();
}

} // namespace record_tests
