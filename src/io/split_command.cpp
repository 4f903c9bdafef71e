#include "beckon/io/endpoint.hpp"

namespace beckon::io {

result<std::vector<std::string>> split_command(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    bool in_word = false; // An empty pair of quotes is a word, too.
    char quote = 0;
    std::size_t quote_at = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char letter = text[i];
        if (quote == '\'') {
            if (letter == '\'') {
                quote = 0;
            } else {
                word += letter;
            }
        } else if (letter == '\\') {
            if (i + 1 == text.size()) {
                return fail(errc::parse_error, "command ", quoted(text, 200),
                            " ends in a backslash at byte ", i,
                            ", expected a byte for it to escape");
            }
            const char next = text[++i];
            if (quote == '"' && std::string_view("\"\\$`").find(next) == std::string_view::npos)
                word += '\\';
            word += next;
            in_word = true;
        } else if (quote == '"') {
            if (letter == '"') {
                quote = 0;
            } else {
                word += letter;
            }
        } else if (letter == '\'' || letter == '"') {
            quote = letter;
            quote_at = i;
            in_word = true;
        } else if (letter == ' ' || letter == '\t' || letter == '\n') {
            if (in_word) words.push_back(std::move(word));
            word.clear();
            in_word = false;
        } else {
            word += letter;
            in_word = true;
        }
    }
    if (quote != 0) {
        return fail(errc::parse_error, "command ", quoted(text, 200), " has a quote open at byte ",
                    quote_at, ", expected another ", quote, " after it");
    }
    if (in_word) words.push_back(std::move(word));
    return words;
}

} // namespace beckon::io
