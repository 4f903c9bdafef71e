#include "beckon/object/servant.hpp"

#include "beckon/object/turn.hpp"

namespace beckon {

struct servant::serial_part {
    const void* direct = nullptr;
    object_turn turn;
};

servant::servant(const interface_descriptor* interface, void* target, const void* direct) noexcept
    : object_core(place::local, interface), target_(target), direct_(direct) {}

servant::~servant() { set_execution(policy::session); }

void servant::set_execution(policy execution) {
    if (is_serial()) {
        auto* const before = static_cast<const serial_part*>(direct_);
        direct_ = before->direct;
        delete before;
    }
    policy_ = static_cast<std::uint8_t>(execution);
    if (is_serial()) direct_ = new serial_part{direct_, {}};
}

object_turn* servant::serial_turn() const noexcept {
    return &const_cast<serial_part*>(static_cast<const serial_part*>(direct_))->turn;
}

const void* servant::serial_direct() const noexcept {
    return static_cast<const serial_part*>(direct_)->direct;
}

} // namespace beckon
