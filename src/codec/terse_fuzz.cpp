// Arbitrary lines: what can be read is written and read again, and must be the same.
#include "beckon/codec/terse.hpp"

#include "beckon/base/assert.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace beckon;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (terse::is_blank(text) || text.find('\n') != std::string_view::npos) return 0;
    const auto read = terse::read(text, {});
    if (!read) return 0;
    buffer out;
    result<void> written;
    switch (read->kind) {
    case terse::line::what::call:
        written = terse::write_call(out, read->method, read->params, read->id);
        // Names may be such as nobody would write: those that end like an id, or are empty.
        if (!written) return 0;
        break;
    case terse::line::what::reply:
        written = terse::write_reply(out, read->id, read->outcome);
        if (!written) return 0;
        break;
    case terse::line::what::failure:
        written = terse::write_failure(out, read->id, read->message, read->details);
        break;
    }
    BECKON_ASSERT(static_cast<bool>(written), "what was read can be written");
    const std::string_view line = as_text(out.view());
    const auto again = terse::read(line.substr(0, line.size() - 1), {});
    BECKON_ASSERT(static_cast<bool>(again), "what was written can be read");
    BECKON_ASSERT(again->kind == read->kind && again->id == read->id, "it is the same line");
    BECKON_ASSERT(again->method == read->method && again->params == read->params &&
                      again->outcome == read->outcome,
                  "it says the same");
    return 0;
}
