// The names that objects have in one conversation: numbers for those that either side lends, Neovim's handles for its own.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "beckon/codec/msgpack.hpp"
#include "beckon/codec/reference.hpp"
#include "protocol/msgpackrpc/neovim_types.hpp"

namespace beckon::msgpackrpc {

/// Extensions of references; the payload is an integer.
inline constexpr std::int64_t lent_type = 40; ///< An object of the sender.
inline constexpr std::int64_t home_type = 41; ///< An object of the receiver.

/// Translates between the numbers that the session's tables give to objects and the extensions that stand for them.
///
/// Thread-safety: none; REQUIRES: the session's lock is held.
class identities final : public msgpack::handle_forms {
public:
    /// What the peer calls an object of its own.
    struct name_of_theirs {
        std::int64_t type = lent_type;
        std::int64_t number = 0; ///< As `lent_type`'s and Neovim's payloads say.
    };

    explicit identities(bool reads_references) noexcept : reads_references_(reads_references) {}
    /// To be called before each message is read or written: a protocol knows the tables only while it is asked.
    void use(reference_exchange& references) noexcept { references_ = &references; }
    /// From now on these extensions are objects.
    void learn(neovim_types types) { types_ = std::move(types); }
    [[nodiscard]] const neovim_types& types() const noexcept { return types_; }

    [[nodiscard]] result<void> write(buffer& out, const value& handle) override;
    [[nodiscard]] result<void> read(value& form) override;

    /// Null where the number is not known any more.
    [[nodiscard]] const name_of_theirs* find(std::uint32_t object) const noexcept;
    /// What is known of an object of the peer: "Buffer".
    [[nodiscard]] std::string_view type_name(std::uint32_t object) const noexcept;
    /// What methods of an object are called at the peer, before their names: "$ref/3.", "nvim_buf_".
    [[nodiscard]] std::string prefix(const name_of_theirs& object) const;
    /// The object itself, as an argument.
    static void put(buffer& out, const name_of_theirs& object);
    /// The peer is told that it may forget an object that it sent so many times.
    void released(std::uint32_t object, std::uint32_t count);
    /// Whether anything that was read shows that the peer is a Beckon.
    [[nodiscard]] bool met_beckon() const noexcept { return met_beckon_; }

private:
    struct theirs {
        name_of_theirs name;
        std::uint64_t received = 0;
    };
    [[nodiscard]] result<value> borrow(name_of_theirs name);
    [[nodiscard]] static std::uint64_t key_of(const name_of_theirs& name) noexcept;

    const bool reads_references_;
    bool met_beckon_ = false;
    reference_exchange* references_ = nullptr;
    neovim_types types_;
    std::unordered_map<std::uint32_t, theirs> theirs_; ///< By the session's number.
    std::unordered_map<std::uint64_t, std::uint32_t> numbers_;
    std::uint32_t last_number_ = 0;
};

} // namespace beckon::msgpackrpc
