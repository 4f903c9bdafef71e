// One conversation of the native protocol, as a recording tells it.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "protocol/native/frame.hpp"
#include "protocol/native/told_types.hpp"
#include "protocol/native/told_values.hpp"
#include "session/teller.hpp"

namespace beckon::native {

/// What it says: readable.cpp. What it says elsewhere: renamed.cpp.
///
/// Thread-safety: none.
class native_teller final : public teller {
public:
    explicit native_teller(const told_interfaces& known) : types_(known) {}

    result<told_message> take(speaker who, byte_view input, bool is_last) override;
    result<bytes> renamed(byte_view message, const other_names& names) override;
    [[nodiscard]] std::vector<std::string> untyped() const override { return types_.untyped(); }

private:
    void tell(speaker who, const frame_header& header, byte_view frame, told_message& made);
    void tell_call(speaker who, const frame_header& header, byte_view frame, told_message& made);
    void tell_directory_call(speaker who, const frame_header& header, byte_view arguments,
                             told_message& made);
    void tell_reply(speaker who, const frame_header& header, byte_view frame, told_message& made);
    void tell_item(speaker who, const frame_header& header, byte_view frame, told_message& made);
    static void tell_hello(byte_view frame, told_message& made);
    static value content_of_error(speaker who, byte_view frame, std::string& text);
    [[nodiscard]] value stream_name(speaker who, std::uint32_t number) const;
    static void add_spoken_of(told_message& made, std::uint32_t object);
    void rename_inside(bytes& frame, const frame_header& header, const other_names& names) const;
    [[nodiscard]] std::string label(speaker owner, std::uint32_t object) const;

    std::array<bool, 2> began_{};
    std::map<std::pair<speaker, std::uint32_t>, std::string> labels_;
    told_types types_;
};

/// All arguments by their names.
[[nodiscard]] value read_arguments(told_values& in, const told_types::typed& as);

} // namespace beckon::native
