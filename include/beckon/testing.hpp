// For tests: sessions between programs of a small world with its own clock, its own network, and faults by seed.
#pragma once

#include "beckon/service/connect.hpp"
#include "beckon/testing/random.hpp"
#include "beckon/testing/world.hpp"
