// Whether this build has the address sanitizer, which must be told of every stack.
#pragma once

#if defined(__SANITIZE_ADDRESS__)
#define BECKON_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define BECKON_ADDRESS_SANITIZER 1
#endif
#endif
