// What a call that fails tells its caller.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "beckon/object/exception.hpp"

namespace access_test {

/// What went wrong, as far as the protocol carries it; empty: nothing has.
template <typename Call>
std::string failure_of(const Call& call) {
    try {
        static_cast<void>(call());
        return "";
    } catch (const beckon::exception& thrown) {
        return thrown.what();
    }
}

inline void expect_has(const std::string& told, std::string_view words) {
    EXPECT_NE(told.find(words), std::string::npos) << told;
}

} // namespace access_test
