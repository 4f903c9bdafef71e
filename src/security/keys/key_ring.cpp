#include "beckon/security/keys/key_ring.hpp"

#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <tuple>

#include "beckon/base/assert.hpp"
#include "beckon/base/sha256.hpp"
#include "beckon/codec/base64.hpp"
#include "security/keys/sodium.hpp"

namespace beckon::security::keys {

std::string_view to_string(key_kind kind) noexcept {
    switch (kind) {
    case key_kind::shared: return "shared";
    case key_kind::secret: return "secret";
    case key_kind::public_: return "public";
    }
    return "unknown";
}

secret_bytes::~secret_bytes() { ::sodium_memzero(bytes_.data(), bytes_.size()); }

bool is_user_name(std::string_view text) noexcept {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '_' || c == '-' || c == '@';
    };
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), fits);
}

// --- One key ---

key key::make(std::string user, key_kind kind) {
    start_sodium();
    key made{std::move(user), kind, {}};
    ::randombytes_buf(made.content.data(), secret_bytes::size);
    return made;
}

key key::public_half() const {
    BECKON_ASSERT(kind != key_kind::shared, "a shared key has no halves");
    if (kind == key_kind::public_) return *this;
    key half{user, key_kind::public_, {}};
    const pair_secret whole(content);
    std::memcpy(half.content.data(), whole.public_half(), secret_bytes::size);
    return half;
}

std::string key::fingerprint() const {
    constexpr std::string_view shared_prefix = "beckon shared key\n";
    bytes input;
    if (kind == key_kind::shared) input = to_bytes(shared_prefix);
    const key& told = kind == key_kind::shared ? *this : public_half();
    const byte_view content_of(reinterpret_cast<const std::byte*>(told.content.data()),
                               secret_bytes::size);
    input.reserve(input.size() + content_of.size()); // one copy, which is wiped
    input.insert(input.end(), content_of.begin(), content_of.end());
    const digest made = sha256(input);
    ::sodium_memzero(input.data(), input.size());
    return to_hex(std::span(made).first(8));
}

std::string key::line() const {
    const byte_view whole(reinterpret_cast<const std::byte*>(content.data()), secret_bytes::size);
    const std::string_view names = to_string(kind);
    std::string made; // of its whole size at once: what it grew out of would stay in memory
    made.reserve(user.size() + names.size() + base64_size(secret_bytes::size) + 3);
    append_text(made, concat(user, ' ', names, ' '));
    const std::size_t at = made.size();
    made.resize(at + base64_size(secret_bytes::size));
    static_cast<void>(base64_encode(whole, made.data() + at));
    made += '\n';
    return made;
}

// --- Many ---

namespace {

std::tuple<std::string_view, key_kind> place_of(const key& each) noexcept {
    return {each.user, each.kind};
}

/// The next word of a line, which it is taken off.
std::string_view take_word(std::string_view& line) noexcept {
    constexpr std::string_view blanks = " \t\r";
    line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
    const std::string_view word = line.substr(0, line.find_first_of(blanks));
    line.remove_prefix(word.size());
    return word;
}

/// What is the matter with a line is told without the line: it may hold a key.
result<key> read_line(std::string_view line) {
    const std::string_view user = take_word(line);
    const std::string_view kind = take_word(line);
    const std::string_view content = take_word(line);
    if (!is_user_name(user)) {
        return fail(errc::parse_error, "the user's name has ", user.size(),
                    " bytes or other letters; expected 1 to 64 letters, digits, '.', '_', '-', "
                    "'@'");
    }
    key read{std::string(user), key_kind::shared, {}};
    bool known = false;
    for (const key_kind each : {key_kind::shared, key_kind::secret, key_kind::public_}) {
        if (kind != to_string(each)) continue;
        read.kind = each;
        known = true;
    }
    if (!known) {
        return fail(errc::parse_error, "the kind of key of ", user,
                    " is unknown; expected shared, secret or public");
    }
    std::string rest(take_word(line));
    if (!rest.empty()) {
        ::sodium_memzero(rest.data(), rest.size());
        return fail(errc::parse_error, "there is more than USER KIND KEY");
    }
    auto decoded = base64_decode(content);
    const std::size_t size = decoded ? decoded->size() : 0;
    if (size == secret_bytes::size)
        std::memcpy(read.content.data(), decoded->data(), secret_bytes::size);
    if (decoded) ::sodium_memzero(decoded->data(), decoded->size());
    if (size != secret_bytes::size) {
        return fail(errc::parse_error, "the key of ", user, " is ",
                    decoded ? concat(size, " bytes") : "no base64", "; expected ",
                    secret_bytes::size, " bytes in base64");
    }
    return read;
}

} // namespace

result<std::shared_ptr<const key_ring>> key_ring::parse(std::string_view text,
                                                        std::string_view name) {
    start_sodium();
    std::vector<key> all;
    // So many that the keys are never moved: what is moved from would have to be wiped too.
    all.reserve(static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1);
    std::size_t number = 0;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        ++number;
        std::string_view first = line;
        const std::string_view word = take_word(first);
        if (word.empty() || word.front() == '#') continue;
        auto read = read_line(line);
        if (!read) {
            return fail(errc::parse_error, "key file ", quoted(name, 256), ", line ", number, ": ",
                        read.error().message());
        }
        for (const key& each : all) {
            if (place_of(each) != place_of(*read)) continue;
            return fail(errc::parse_error, "key file ", quoted(name, 256), ", line ", number,
                        ": a second ", to_string(read->kind), " key of ", read->user);
        }
        all.push_back(*read);
    }
    std::sort(all.begin(), all.end(),
              [](const key& a, const key& b) { return place_of(a) < place_of(b); });
    return std::make_shared<const key_ring>(std::move(all));
}

const key* key_ring::find(std::string_view user, key_kind kind) const noexcept {
    const std::tuple wanted(user, kind);
    const auto at =
        std::lower_bound(keys_.begin(), keys_.end(), wanted,
                         [](const key& each, const auto& than) { return place_of(each) < than; });
    return at != keys_.end() && place_of(*at) == wanted ? &*at : nullptr;
}

bool key_ring::has_secrets() const noexcept {
    return std::any_of(keys_.begin(), keys_.end(),
                       [](const key& each) { return each.kind != key_kind::public_; });
}

} // namespace beckon::security::keys
