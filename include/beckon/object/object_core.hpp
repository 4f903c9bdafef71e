// What every reference points to, and the two kinds of it: a servant here, a remote object elsewhere.
#pragma once

#include <cstdint>
#include <string_view>

#include "beckon/object/descriptor.hpp"
#include "beckon/value/referent.hpp"

namespace beckon {

/// An object that references point to.
class object_core : public referent {
public:
    enum class place : std::uint8_t { local, remote };

    [[nodiscard]] place where() const noexcept { return place_; }
    [[nodiscard]] bool is_local() const noexcept { return place_ == place::local; }
    /// Null for a remote object whose interface nobody has said.
    [[nodiscard]] const interface_descriptor* interface() const noexcept { return interface_; }
    [[nodiscard]] std::string_view interface_name() const noexcept override {
        return interface_ != nullptr ? interface_->name : std::string_view{};
    }

protected:
    object_core(place where, const interface_descriptor* interface) noexcept
        : place_(where), interface_(interface) {}

    place place_;
    std::uint8_t policy_ = 0;
    const interface_descriptor* interface_;
};

} // namespace beckon
