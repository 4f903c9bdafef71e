// What a program chooses for its remcall conversations.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "beckon/schema/schema.hpp"

namespace beckon::remcall {

/// The side that has the main object, and the side that begins to call it.
enum class role : std::uint8_t { client, server };

/// What is known of the peer beforehand.
enum class peer_kind : std::uint8_t {
    ask,    ///< Nothing: eight NOOPs, which harm nobody, tell it that this side is a Beckon.
    plain,  ///< remcall itself: it gets nothing but remcall's own commands and values.
    beckon, ///< A Beckon: it gets more at once, without having said that it understands.
};

/// When the peer's schema is as good as ours.
enum class schema_check : std::uint8_t {
    digest,    ///< It has the same bytes.
    structure, ///< It has the same types and numbers: labels and the order of declaration may differ.
    none,
};

struct options {
    role plays = role::client;
    peer_kind peer = peer_kind::ask;
    schema_check check = schema_check::digest;
    /// Both sides' schema, with an interface called Main. Null: what the main object's interface mentions.
    std::shared_ptr<const schema::document> schema{};
    /// The schema's label, where it comes from C++ interfaces, which have none: it is part of the digest.
    std::string label{};
    /// Calls without an answer, those among them that were given up: their answers may still come, and have an end only for
    /// who knows what they are.
    std::size_t max_unanswered = 65'536;
    std::size_t max_schema_bytes = 1u << 20; ///< Of the peer's.
    std::uint32_t first_request =
        1; ///< The number of the first call; they go on from 0 behind 2^32 - 1.
};

} // namespace beckon::remcall
