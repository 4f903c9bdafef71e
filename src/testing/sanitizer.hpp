// Which sanitizers this build has: the address sanitizer must be told of every stack, and the thread sanitizer adds a thread.
#pragma once

#if defined(__SANITIZE_ADDRESS__)
#define BECKON_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define BECKON_ADDRESS_SANITIZER 1
#endif
#endif

namespace beckon::testing {

#if defined(__SANITIZE_THREAD__)
inline constexpr bool under_thread_sanitizer = true;
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
inline constexpr bool under_thread_sanitizer = true;
#else
inline constexpr bool under_thread_sanitizer = false;
#endif
#else
inline constexpr bool under_thread_sanitizer = false;
#endif

} // namespace beckon::testing
