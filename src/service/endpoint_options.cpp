#include "service/endpoint_options.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "beckon/base/text.hpp"
#include "service/keepalive_stream.hpp"
#include "service/session_factory.hpp"
#include "service/transport_facts.hpp"

namespace beckon {

namespace {

[[nodiscard]] bool is_known(std::string_view name, std::span<const known_options> known) noexcept {
    return std::any_of(known.begin(), known.end(), [name](const known_options& each) {
        return std::find(each.names.begin(), each.names.end(), name) != each.names.end();
    });
}

/// How many letters must be put in, left out or replaced to make one of the other (Levenshtein's distance).
[[nodiscard]] std::size_t distance(std::string_view one, std::string_view other) {
    std::vector<std::size_t> row(other.size() + 1);
    for (std::size_t i = 0; i < row.size(); ++i) row[i] = i;
    for (std::size_t i = 0; i < one.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < other.size(); ++j) {
            const std::size_t replaced = diagonal + (one[i] == other[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
        }
    }
    return row.back();
}

/// Empty where none is near.
[[nodiscard]] std::string_view nearest(std::string_view name,
                                       std::span<const known_options> known) {
    constexpr std::size_t longest = 64; // nobody means one of ours by more
    std::string_view found;
    std::size_t least = 1 + name.size() / 3;
    if (name.size() > longest) return found;
    for (const known_options& each : known) {
        for (const std::string_view candidate : each.names) {
            const std::size_t far = distance(name, candidate);
            if (far > least || (far == least && !found.empty())) continue;
            found = candidate;
            least = far;
        }
    }
    return found;
}

} // namespace

std::vector<known_options> options_of(const io::endpoint& where,
                                      std::span<const known_options> transports) {
    std::vector<known_options> known{options_of_protocol(where)};
    for (const known_options& each : transports) {
        if (each.whose == where.transport) known.push_back(each);
    }
    for (const known_options& each : transports) {
        if (runs_over(where.transport, each.whose)) known.push_back(each);
    }
    if (!where.security.empty()) known.push_back(options_of_security(where));
    known.push_back({{}, keepalive_option_names});
    return known;
}

result<void> check_options(const io::endpoint& where, std::span<const known_options> known) {
    for (const auto& [name, content] : where.options) {
        if (is_known(name, known)) continue;
        std::string message = concat("option ", quoted(name), " is unknown to ");
        std::string all;
        for (const known_options& each : known) {
            if (!each.whose.empty())
                message += concat(&each == known.data() ? "" : " and ", each.whose);
            for (const std::string_view one : each.names)
                all += concat(all.empty() ? "" : ", ", one);
        }
        const std::string_view meant = nearest(name, known);
        return fail(errc::invalid_argument, message,
                    meant.empty() ? "; expected " : concat("; did you mean ", meant, "? expected "),
                    all.empty() ? "no options" : concat(known.size() > 1 ? "one of " : "", all));
    }
    return {};
}

io::endpoint with_options_of(io::endpoint where, std::span<const known_options> known) {
    std::erase_if(where.options,
                  [known](const auto& option) { return !is_known(option.first, known); });
    return where;
}

} // namespace beckon
