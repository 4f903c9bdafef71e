// beckon keys: users' keys, made, shown and given to others.
#include <CLI/CLI.hpp>

#include "command.hpp"

#if BECKON_HAS_SECURITY_KEYS
#include "beckon/keys.hpp"
#endif

namespace command {

namespace {

struct keys_options {
    std::string action;
    std::vector<std::string> words;
    std::string kind = "pair";
    std::string user;
    std::string into;
};

#if BECKON_HAS_SECURITY_KEYS
using beckon::concat;
using namespace beckon::security::keys;

/// So many words behind the action, or more where they may be; else wrong usage.
void expect_words(const keys_options& options, std::size_t least, std::size_t most,
                  std::string_view usage) {
    if (options.words.size() >= least && options.words.size() <= most) return;
    fail_usage(concat("beckon keys ", options.action, " has ", options.words.size(),
                      " words behind it; expected ", usage));
}

[[nodiscard]] std::string described(const key& each) {
    return concat(each.user, ' ', to_string(each.kind), ' ', each.fingerprint());
}

void make_key(const keys_options& options) {
    expect_words(options, 2, 64, "USER FILE...");
    const std::string& user = options.words[0];
    if (!is_user_name(user)) {
        fail_usage(concat("the user is ", beckon::quoted(user),
                          "; expected 1 to 64 letters, digits, '.', '_', '-', '@'"));
    }
    const bool shared = options.kind == "shared";
    const std::vector<std::string> files(options.words.begin() + 1, options.words.end());
    if (!shared && files.size() > 1)
        fail_usage("a secret key is for one file; expected --kind shared for several");
    const key made = key::make(user, shared ? key_kind::shared : key_kind::secret);
    for (const std::string& file : files) {
        auto added = add_to_file(file, made);
        if (!added) throw failure{status::failed, std::move(added).error()};
    }
    print_line(described(made));
}

void show_keys(const keys_options& options) {
    expect_words(options, 1, 1, "FILE");
    const auto ring = checked(key_ring::load(options.words[0]));
    for (const key& each : ring->keys()) {
        if (options.user.empty() || options.user == each.user) print_line(described(each));
    }
}

void give_public(const keys_options& options) {
    expect_words(options, 1, 1, "FILE");
    const auto ring = checked(key_ring::load(options.words[0]));
    std::size_t given = 0;
    for (const key& each : ring->keys()) {
        const bool wanted = options.user.empty() || options.user == each.user;
        // Of who has both halves in the file, the public one is given once.
        const bool twice =
            each.kind == key_kind::public_ && ring->find(each.user, key_kind::secret) != nullptr;
        if (!wanted || twice || each.kind == key_kind::shared) continue;
        ++given;
        if (options.into.empty()) {
            print(each.public_half().line());
            continue;
        }
        auto added = add_to_file(options.into, each.public_half());
        if (!added) throw failure{status::failed, std::move(added).error()};
        print_line(described(each.public_half()));
    }
    if (given != 0) return;
    throw failure{status::failed,
                  fail(beckon::errc::not_found, "key file ", beckon::quoted(options.words[0], 256),
                       " has no pair", options.user.empty() ? "" : concat(" of ", options.user),
                       "; a shared key has no public half")};
}

void run_keys(const keys_options& options) {
    if (options.action == "make") return make_key(options);
    if (options.action == "show") return show_keys(options);
    give_public(options);
}
#else
void run_keys(const keys_options&) {
    throw failure{status::failed, beckon::error(beckon::errc::unsupported,
                                                "this build has no keys; they need libsodium")};
}
#endif

} // namespace

void add_keys(CLI::App& app) {
    auto* const sub = app.add_subcommand(
        "keys", "Make, show and give out keys of users, for signed and sealed messages.");
    auto options = std::make_shared<keys_options>();
    sub->add_option("action", options->action, "make, show or public")
        ->required()
        ->check(CLI::IsMember({"make", "show", "public"}));
    sub->add_option("words", options->words, "For make, the user and the files; else the file");
    sub->add_option("--kind", options->kind,
                    "Of a new key: pair, whose public half others get, or shared, which both ends "
                    "have")
        ->check(CLI::IsMember({"pair", "shared"}))
        ->capture_default_str();
    sub->add_option("--user", options->user, "Show or give out the keys of this user alone");
    sub->add_option("--into", options->into,
                    "Add the public keys to this file, rather than print them");
    sub->footer(
        "Prints USER KIND FINGERPRINT, never a secret; public without --into prints lines for\n"
        "another key file. Files are made for their user alone (mode 0600).\n\n"
        "  beckon keys make server server.keys                      a pair for each side\n"
        "  beckon keys make alice alice.keys\n"
        "  beckon keys public alice.keys --into server.keys         and each other's public half\n"
        "  beckon keys public server.keys --user server --into alice.keys\n"
        "  beckon keys make bob bob.keys server.keys --kind shared  or one key for both\n"
        "  beckon serve --listen 'jsonrpc+signed+tcp://127.0.0.1:7000?keys=server.keys'\n"
        "  beckon call 'jsonrpc+signed+tcp://127.0.0.1:7000?keys=alice.keys' whoami");
    sub->callback([options] { run_keys(*options); });
}

} // namespace command
