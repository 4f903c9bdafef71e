#include "beckon/protocol/rpyc/rpyc.hpp"

#include <utility>

namespace beckon::rpyc {

result<options> read_options(const io::endpoint& where) {
    options chosen;
    BECKON_ASSIGN(const std::uint64_t number, where.number_option("dialect", 6, 5, 6));
    chosen.dialect = number == 5 ? dialect::v5 : dialect::v6;
    const auto flag = [&where](std::string_view key, bool& into) -> result<void> {
        BECKON_ASSIGN(into, where.flag_option(key, into));
        return {};
    };
    BECKON_TRY(flag("compress", chosen.compress));
    BECKON_TRY(flag("bind_threads", chosen.bind_threads));
    BECKON_ASSIGN(
        const std::uint64_t held,
        where.number_option("max_held_bytes", chosen.max_held_bytes, 0, std::uint64_t{1} << 40));
    chosen.max_held_bytes = static_cast<std::size_t>(held);
    access_options& access = chosen.access;
    BECKON_TRY(flag("allow_getattr", access.allow_getattr));
    for (auto [key, into] : {std::pair{"allow_setattr", &access.allow_setattr},
                             std::pair{"allow_delattr", &access.allow_delattr}}) {
        if (where.option(key) == nullptr) continue;
        BECKON_ASSIGN(*into, where.flag_option(key, true));
    }
    BECKON_TRY(flag("allow_exposed_attrs", access.allow_exposed_attrs));
    BECKON_TRY(flag("allow_safe_attrs", access.allow_safe_attrs));
    BECKON_TRY(flag("allow_public_attrs", access.allow_public_attrs));
    BECKON_TRY(flag("allow_all_attrs", access.allow_all_attrs));
    if (const std::string* const prefix = where.option("exposed_prefix")) {
        if (prefix->empty())
            return fail(errc::invalid_argument, "option exposed_prefix is empty, which would "
                                                "expose every attribute");
        access.exposed_prefix = *prefix;
    }
    return chosen;
}

} // namespace beckon::rpyc
