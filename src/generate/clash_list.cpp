#include "generate/clash_list.hpp"

#include <utility>

#include "beckon/base/text.hpp"
#include "beckon/generate/clashes.hpp"

namespace beckon::generate {

void clash_list::add(std::string message, const schema::place& where,
                     const std::optional<schema::place>& earlier) {
    if (!known_.emplace(where, earlier).second) return;
    schema::problem found{where, std::move(message), std::nullopt};
    if (earlier && *earlier != where) {
        found.related = earlier;
        found.related_message = "the other one is here";
        found.symmetric = true;
    }
    all_.push_back(std::move(found));
}

result<void> clash_list::outcome() const {
    if (all_.empty()) return {};
    std::string message = all_.front().message;
    const std::size_t more = all_.size() - 1;
    if (more > 0) message += concat(" (and ", more, more == 1 ? " more error)" : " more errors)");
    error found = fail(errc::invalid_argument, message);
    found.set_detail(std::make_shared<const name_clashes>(all_));
    return found;
}

} // namespace beckon::generate
