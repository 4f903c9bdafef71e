// The names that a pickle may say: what each stands for. A name is data here; nothing is ever looked up by it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace beckon::pickle {

/// What a pair of module and name may be used for.
enum class role : std::uint8_t {
    unknown,
    exception,
    set,
    frozen_set,
    bytes,
    byte_array,
    complex,
    encode, ///< _codecs.encode, by which older protocols write bytes.
    uuid,
    reconstructor, ///< copyreg._reconstructor, by which older protocols write a uuid.
    object,        ///< Its argument.
};

struct symbol {
    pickle::role role = role::unknown;
    std::string module; ///< As Python 3 calls it.
    std::string name;   ///< Likewise.

    [[nodiscard]] std::string full_name() const;
};

/// Compares names whole and with their case.
[[nodiscard]] symbol find_symbol(std::string_view module, std::string_view name);

} // namespace beckon::pickle
