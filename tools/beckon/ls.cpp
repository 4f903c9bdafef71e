// beckon ls: what a peer publishes.
#include <CLI/CLI.hpp>

#include <algorithm>

#include "beckon/base/sha256.hpp"
#include "beckon/codec/json.hpp"
#include "command.hpp"
#include "remote.hpp"

namespace command {

namespace {

struct ls_options {
    std::string endpoint;
    bool json = false;
};

void list(const ls_options& options) {
    const remote peer(options.endpoint);
    if (options.json) {
        beckon::value all = beckon::value::list();
        for (const auto& service : peer.services()) {
            std::string digest;
            for (const std::byte each : service.digest) {
                constexpr std::string_view digits = "0123456789abcdef";
                digest += digits[std::to_integer<std::size_t>(each) >> 4];
                digest += digits[std::to_integer<std::size_t>(each) & 15];
            }
            all.push_back(beckon::value::map({{"name", service.name},
                                              {"interface", service.interface},
                                              {"digest", std::move(digest)}}));
        }
        return print_line(beckon::json::to_string(all).value());
    }
    std::size_t width = 0;
    for (const auto& service : peer.services()) width = std::max(width, service.name.size());
    for (const auto& service : peer.services()) {
        std::string name = one_line(service.name);
        name.resize(std::max(width, name.size()), ' ');
        print_line(name + "  " + one_line(service.interface));
    }
}

} // namespace

void add_ls(CLI::App& app) {
    auto* const sub = app.add_subcommand("ls", "List what a peer publishes: names and interfaces.");
    auto options = std::make_shared<ls_options>();
    sub->add_option("endpoint", options->endpoint, "Where the peer is")->required();
    sub->add_flag("--json", options->json, "Print JSON; errors too");
    sub->callback([options] { list(*options); });
}

} // namespace command
