// A remote file browser: a directory served as objects, contents as streams of bytes.
//
//   file_browser serve ENDPOINT DIRECTORY
//   file_browser ls|cat|put|mkdir|rm ENDPOINT PATH       put takes the content from standard input
//   file_browser tree ENDPOINT
#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>

#include <beckon/beckon.hpp>

#include "disk.hpp"
#include "files.hpp"

namespace {

void serve(const std::string& endpoint, const std::string& directory) {
    beckon::server server;
    server.publish("files", files::serve_directory(directory));
    std::printf("listening %s\n", server.listen(endpoint).c_str());
    std::fflush(stdout);
    server.run();
}

std::vector<files::Entry> sorted(std::vector<files::Entry> entries) {
    std::sort(entries.begin(), entries.end(),
              [](const files::Entry& a, const files::Entry& b) { return a.name < b.name; });
    return entries;
}

const char* kind_of(const files::Entry& entry) {
    switch (entry.kind) {
    case files::Kind::file: return "file";
    case files::Kind::directory: return "directory";
    case files::Kind::link: return "link";
    case files::Kind::other: break;
    }
    return "other";
}

void list(const beckon::ref<files::Directory>& directory) {
    for (const files::Entry& entry : sorted(directory->list())) {
        std::printf("%-9s %10llu  %s\n", kind_of(entry),
                    static_cast<unsigned long long>(entry.size), entry.name.c_str());
    }
}

void tree(const beckon::ref<files::Directory>& directory, const std::string& indent) {
    for (const files::Entry& entry : sorted(directory->list())) {
        std::printf("%s%s%s\n", indent.c_str(), entry.name.c_str(),
                    entry.kind == files::Kind::directory ? "/" : "");
        if (entry.kind == files::Kind::directory)
            tree(directory->directory(entry.name), indent + "  ");
    }
}

void cat(const beckon::ref<files::Directory>& root, const std::string& path) {
    // Two calls, one round trip: read is called on the file that is not there yet.
    auto file = root.async()->file(path);
    for (const beckon::bytes& block : file->read(0))
        std::fwrite(block.data(), 1, block.size(), stdout);
}

beckon::stream<beckon::bytes> standard_input() {
    beckon::bytes block(32u << 10);
    while (const std::size_t got = std::fread(block.data(), 1, block.size(), stdin))
        co_yield beckon::bytes(block.begin(), block.begin() + static_cast<std::ptrdiff_t>(got));
}

/// One command with a path; false where there is no such command.
bool run(std::string_view command, const beckon::ref<files::Directory>& root,
         const std::string& path) {
    if (command == "ls") {
        list(path == "." ? root : root->directory(path));
    } else if (command == "cat") {
        cat(root, path);
    } else if (command == "put") {
        const auto written = root->create(path)->write(standard_input());
        std::printf("%llu bytes\n", static_cast<unsigned long long>(written));
    } else if (command == "mkdir") {
        root->create_directory(path);
    } else if (command == "rm") {
        root->remove(path);
    } else {
        return false;
    }
    return true;
}

} // namespace

int main(int argc, char** argv) try {
    const std::string command = argc > 1 ? argv[1] : "";
    if (command == "serve" && argc == 4) {
        serve(argv[2], argv[3]);
        return 0;
    }
    if ((command == "tree" && argc == 3) || (command != "tree" && argc == 4)) {
        const auto session = beckon::connect(argv[2]);
        const auto root = session.get<files::Directory>("files");
        if (command == "tree") {
            tree(root, "");
            return 0;
        }
        if (run(command, root, argv[3])) return 0;
    }
    std::fprintf(
        stderr,
        "usage: file_browser serve ENDPOINT DIRECTORY | ls|cat|put|mkdir|rm ENDPOINT PATH | "
        "tree ENDPOINT\n");
    return 2;
} catch (const beckon::exception& failure) {
    std::fprintf(stderr, "file_browser: %s\n", failure.what());
    return 1;
}
