// What every reference points to, and the two kinds of it: a servant here, a remote object elsewhere.
#pragma once

#include <atomic>
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
    [[nodiscard]] const interface_descriptor* interface() const noexcept {
        return interface_.load(std::memory_order_acquire);
    }
    [[nodiscard]] std::string_view interface_name() const noexcept override {
        const interface_descriptor* const known = interface();
        return known != nullptr ? known->name : std::string_view{};
    }

protected:
    object_core(place where, const interface_descriptor* interface) noexcept
        : place_(where), interface_(interface) {
        if (interface != nullptr && interface->owner != nullptr) interface->owner->acquire();
    }
    ~object_core() override {
        const interface_descriptor* const known = interface();
        if (known != nullptr && known->owner != nullptr) known->owner->release();
    }
    /// Sets the interface where none is known; the first one stays, since others may be using it.
    void learn_interface(const interface_descriptor& interface) noexcept {
        if (interface.owner != nullptr) interface.owner->acquire();
        const interface_descriptor* expected = nullptr;
        if (!interface_.compare_exchange_strong(expected, &interface, std::memory_order_acq_rel) &&
            interface.owner != nullptr) {
            interface.owner->release();
        }
    }

    place place_;
    std::uint8_t policy_ = 0;

private:
    std::atomic<const interface_descriptor*> interface_;
};

} // namespace beckon
