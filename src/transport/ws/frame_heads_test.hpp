// What tests write into the heads of frames (RFC 6455, 5.2).
#pragma once

namespace beckon::transport::ws::heads {

inline constexpr unsigned fin = 0x80;
inline constexpr unsigned text = 1;
inline constexpr unsigned binary = 2;
inline constexpr unsigned close_frame = 8;
inline constexpr unsigned ping = 9;
inline constexpr unsigned pong = 10;

} // namespace beckon::transport::ws::heads
