// Base64, which the value layer holds since plain data needs it.
#pragma once

#include "beckon/value/base64.hpp"
