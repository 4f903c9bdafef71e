// References and streams in plain data: {"$ref": 3, "interface": "Counter"}, {"$stream": 3} (docs/wire/mapping.md).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "beckon/base/flat_map.hpp"
#include "beckon/codec/reference.hpp"
#include "beckon/value/plain.hpp"

namespace beckon {

/// Stands between the forms of references and the session that knows what they mean.
class plain_handles final : public handle_forms {
public:
    /// `prefix` begins the keys: "$", or quickrpc's "__".
    explicit plain_handles(std::string_view prefix);
    /// REQUIRES: before anything else, and the exchange lives as long as it is used.
    void use(reference_exchange& exchange) noexcept { exchange_ = &exchange; }
    /// Where they cannot be carried: `why` says by what, and what could. Empty: they can. Lives as long as this.
    void forbid_streams(std::string_view why) noexcept { no_streams_ = why; }
    /// Likewise for objects of this side.
    void forbid_lending(std::string_view why) noexcept { no_lending_ = why; }

    [[nodiscard]] result<value> to_form(const value& handle) override;
    [[nodiscard]] result<value> from_form(const value& form) override;

    /// What the peer said that an object of its is; empty where it said nothing.
    [[nodiscard]] std::string name_of(std::uint32_t object) const;
    void released(std::uint32_t object) noexcept { names_.erase(object); }

private:
    const std::string reference_key_;
    const std::string stream_key_;
    std::string_view no_streams_;
    std::string_view no_lending_;
    reference_exchange* exchange_ = nullptr;
    mutable flat_map<std::uint32_t, std::string> names_; ///< For messages: cut to some length.
};

} // namespace beckon
