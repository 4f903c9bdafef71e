#include "service/bridge/told_recording.hpp"

#include <algorithm>

namespace beckon {

result<told_recording> tell(const recorded_conversation& from, teller* as) {
    told_recording made;
    made.is_raw =
        as == nullptr || std::any_of(from.messages.begin(), from.messages.end(),
                                     [](const recorded_message& each) { return each.is_raw; });
    if (as != nullptr && from.keeps_messages) as->use_messages();
    for (const recorded_message& each : from.messages) {
        told_recording::entry entry;
        entry.recorded = &each;
        entry.content = each.content;
        if (each.json) {
            if (as == nullptr) {
                return fail(errc::parse_error, "line ", each.line,
                            ": the protocol's messages are not JSON");
            }
            entry.content = as->around(*each.json);
        }
        if (!made.is_raw && !entry.content.empty()) {
            auto said = as->take(each.who, entry.content, from.keeps_messages);
            if (said && said->bytes == 0) said = as->take(each.who, entry.content, true);
            if (!said) {
                return fail(errc::parse_error, "line ", each.line, ": ", said.error().message());
            }
            if (said->bytes != entry.content.size()) {
                return fail(errc::parse_error, "line ", each.line, ": ", entry.content.size(),
                            " bytes are not one message, which ",
                            said->bytes == 0 ? std::string("is longer")
                                             : concat("has ", said->bytes));
            }
            entry.said = std::move(*said);
            if (each.exchange) {
                entry.said.exchange = each.exchange;
                entry.said.number = value(*each.exchange);
            }
        }
        made.entries.push_back(std::move(entry));
    }
    return made;
}

} // namespace beckon
