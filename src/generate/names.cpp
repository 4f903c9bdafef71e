#include "beckon/generate/names.hpp"

#include <algorithm>

#include "beckon/base/assert.hpp"
#include "beckon/base/text.hpp"
#include "generate/clash_list.hpp"

namespace beckon::generate {

namespace {

bool is_upper(char letter) { return letter >= 'A' && letter <= 'Z'; }
bool is_lower_or_digit(char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9');
}
char to_lower(char letter) {
    return is_upper(letter) ? static_cast<char>(letter - 'A' + 'a') : letter;
}
char to_upper(char letter) {
    return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
}

/// Whether a word begins at this upper-case letter: after a lower-case one, or as the last capital of a run.
bool begins_word(std::string_view name, std::size_t at) {
    if (!is_upper(name[at])) return false;
    if (is_lower_or_digit(name[at - 1])) return true;
    return at + 1 < name.size() && name[at + 1] >= 'a' && name[at + 1] <= 'z';
}

} // namespace

std::vector<std::string> words_of(std::string_view name) {
    std::vector<std::string> words;
    bool fresh = true;
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (name[i] == '_') {
            fresh = true;
            continue;
        }
        if (fresh || begins_word(name, i)) words.emplace_back();
        fresh = false;
        words.back() += to_lower(name[i]);
    }
    return words;
}

std::string convert(std::string_view name, naming style) {
    if (style == naming::as_is) return std::string(name);
    std::string out;
    if (style == naming::lower_first) {
        out = name;
        if (!out.empty()) out.front() = to_lower(out.front());
        return out;
    }
    for (const std::string& word : words_of(name)) {
        const bool separated = style == naming::snake || style == naming::screaming;
        if (separated && !out.empty()) out += '_';
        const bool capital = style == naming::pascal || (style == naming::camel && !out.empty());
        for (std::size_t i = 0; i < word.size(); ++i) {
            const bool upper = style == naming::screaming || (capital && i == 0);
            out += upper ? to_upper(word[i]) : word[i];
        }
    }
    // A name of underscores alone has no words; a digit begins none.
    if (out.empty()) return std::string(name);
    return out.front() >= '0' && out.front() <= '9' ? '_' + out : out;
}

name_scope::name_scope(std::string where, naming style, std::span<const std::string_view> reserved,
                       const std::unordered_set<std::string>* also_reserved, clash_list* clashes)
    : where_(std::move(where)), style_(style), reserved_(reserved), also_reserved_(also_reserved),
      clashes_(clashes) {}

result<std::string> name_scope::add(std::string_view word, std::string_view name,
                                    const schema::place& at) {
    return add_as(word, name, convert(name, style_), at);
}

result<std::string> name_scope::add_as(std::string_view word, std::string_view name,
                                       std::string converted, const schema::place& at) {
    std::string out = std::move(converted);
    while (std::binary_search(reserved_.begin(), reserved_.end(), out) ||
           (also_reserved_ != nullptr && also_reserved_->contains(out))) {
        out += '_';
    }
    const std::string described = concat(word, " '", name, "'");
    const auto [found, fresh] = origins_.emplace(out, origin{described, at});
    if (!fresh) {
        const origin& earlier = found->second;
        std::string message = concat(where_, ": ", earlier.described, " and ", described,
                                     " would both be called '", out, "' in the generated code");
        if (clashes_ == nullptr) return fail(errc::invalid_argument, message);
        clashes_->add(std::move(message), at, earlier.at);
    }
    converted_.emplace(name, out);
    return out;
}

const std::string& name_scope::of(std::string_view name) const {
    const auto found = converted_.find(std::string(name));
    BECKON_ASSERT(found != converted_.end(), "the name was not added to this scope");
    return found->second;
}

} // namespace beckon::generate
