// Keys of users, and the files that hold them (docs/guide/security.md).
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "beckon/base/bytes.hpp"
#include "beckon/base/result.hpp"

namespace beckon::security::keys {

enum class key_kind : std::uint8_t {
    shared,  ///< Both ends have it, and nobody else.
    secret,  ///< Half of a pair, which its user alone has.
    public_, ///< The other half, for everybody else.
};
[[nodiscard]] std::string_view to_string(key_kind kind) noexcept; ///< "public"

/// 32 bytes that are wiped when they go.
class secret_bytes {
public:
    secret_bytes() noexcept : bytes_{} {}
    secret_bytes(const secret_bytes& other) noexcept = default;
    secret_bytes& operator=(const secret_bytes& other) noexcept = default;
    ~secret_bytes();

    static constexpr std::size_t size = 32;
    [[nodiscard]] unsigned char* data() noexcept { return bytes_.data(); }
    [[nodiscard]] const unsigned char* data() const noexcept { return bytes_.data(); }

private:
    std::array<unsigned char, size> bytes_;
};

/// One line of a key file. What it prints of itself is never secret, but for `line`.
struct key {
    std::string user;
    key_kind kind = key_kind::shared;
    secret_bytes content{}; ///< Of a pair: its seed, or the public half.

    /// Made at random.
    [[nodiscard]] static key make(std::string user, key_kind kind);
    /// Of a secret one, the half that others may have. REQUIRES: not shared.
    [[nodiscard]] key public_half() const;
    /// 16 hexadecimal digits to compare keys by; the same for both halves of a pair.
    [[nodiscard]] std::string fingerprint() const;
    /// As it stands in a key file, line feed included. Holds the key.
    [[nodiscard]] std::string line() const;
};

/// The keys of one file: at most one of each kind for a user.
///
/// Thread-safety: all functions, from any thread.
class key_ring {
public:
    /// Longest file that is read.
    static constexpr std::size_t max_file_bytes = 1u << 20;

    /// Errors: not_found; access_denied where it holds secrets and others than its user can read it; parse_error, with the
    /// line's number and never its content; limit_exceeded.
    [[nodiscard]] static result<std::shared_ptr<const key_ring>> load(const std::string& path);
    /// Of a file's content; `name` is for messages.
    [[nodiscard]] static result<std::shared_ptr<const key_ring>> parse(std::string_view text,
                                                                       std::string_view name);
    explicit key_ring(std::vector<key> keys) : keys_(std::move(keys)) {}

    /// Null where there is none.
    [[nodiscard]] const key* find(std::string_view user, key_kind kind) const noexcept;
    [[nodiscard]] std::span<const key> keys() const noexcept { return keys_; }
    [[nodiscard]] bool has_secrets() const noexcept;

private:
    std::vector<key> keys_; ///< In order of users, then kinds.
};

/// Adds a key to a file, which is made where there is none, for its user alone.
///
/// Errors: access_denied, parse_error as `key_ring::load`; invalid_argument where the file has such a key; io_error.
[[nodiscard]] result<void> add_to_file(const std::string& path, const key& added);

/// Whether a text can be a user's name: 1 to 64 letters, digits, '.', '_', '-' and '@'.
[[nodiscard]] bool is_user_name(std::string_view text) noexcept;

} // namespace beckon::security::keys
