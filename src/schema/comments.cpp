#include "schema/comments.hpp"

#include <string_view>

#include "schema/printable.hpp"

namespace beckon::schema {

namespace {

/// The end of the comments after token `index` that trail it: on its line, or continuing in the same column.
std::size_t end_of_trailing(const tokens& tokens, std::size_t index) {
    if (index + 1 >= tokens.list.size()) return tokens.comments.size();
    const token& next = tokens.list[index + 1];
    std::size_t at = next.first_comment;
    if (at == next.last_comment) return at;
    const comment& first = tokens.comments[at];
    if (first.block || first.line != tokens.list[index].line) return at;
    std::uint32_t line = first.line;
    for (++at; at < next.last_comment; ++at) {
        const comment& more = tokens.comments[at];
        if (more.block || more.line != line + 1 || more.column != first.column) break;
        line = more.line;
    }
    return at;
}

void append_line(std::string& out, std::string_view line) {
    if (!line.empty() && line.front() == ' ') line.remove_prefix(1);
    out += line;
    out += '\n';
}

std::string join(const source_text& source, const tokens& tokens, std::size_t first,
                 std::size_t last) {
    std::string out;
    for (std::size_t i = first; i < last; ++i) {
        append_line(out, source.slice(tokens.comments[i].where));
    }
    return normalized_doc(out);
}

/// Docs travel to other people's terminals: nothing in them may steer one.
void append_printable(std::string& out, std::string_view line) {
    while (!line.empty()) {
        const std::size_t size = printable_size(line);
        if (size > 0 || line.front() == '\t') {
            out += line.substr(0, size > 0 ? size : 1);
        } else {
            out += '?';
        }
        line.remove_prefix(size > 0 ? size : 1);
    }
}

/// Where the unbroken run of line comments begins that ends on the line before `line`.
std::size_t begin_of_run(const tokens& tokens, std::size_t first, std::size_t last,
                         std::uint32_t line) {
    std::size_t begin = last;
    while (begin > first) {
        const comment& comment = tokens.comments[begin - 1];
        if (comment.block || comment.line + 1 != line) break;
        line = comment.line;
        --begin;
    }
    return begin;
}

} // namespace

std::string doc_of(const source_text& source, const tokens& tokens, std::size_t first,
                   std::size_t last) {
    const token& begin = tokens.list[first];
    const std::size_t earliest = first == 0 ? 0 : end_of_trailing(tokens, first - 1);
    std::string out =
        join(source, tokens, begin_of_run(tokens, earliest, begin.last_comment, begin.line),
             begin.last_comment);
    const std::string trailing = trailing_doc_of(source, tokens, last);
    if (!out.empty() && !trailing.empty()) out += '\n';
    return out + trailing;
}

std::string trailing_doc_of(const source_text& source, const tokens& tokens, std::size_t last) {
    return join(source, tokens, tokens.list[last + 1].first_comment, end_of_trailing(tokens, last));
}

std::string doc_of_file(const source_text& source, const tokens& tokens, bool declaration_first) {
    const token& first = tokens.list[0];
    std::size_t end = 0;
    while (end < first.last_comment && !tokens.comments[end].block &&
           (end == 0 || tokens.comments[end].line == tokens.comments[end - 1].line + 1)) {
        ++end;
    }
    if (declaration_first && end == first.last_comment &&
        begin_of_run(tokens, 0, end, first.line) < end) {
        return {};
    }
    return join(source, tokens, 0, end);
}

std::string normalized_doc(std::string_view doc) {
    std::string out;
    std::size_t blank_lines = 0;
    while (!doc.empty()) {
        const std::size_t end = doc.find('\n');
        std::string_view line = doc.substr(0, end);
        doc.remove_prefix(end == std::string_view::npos ? doc.size() : end + 1);
        while (!line.empty() &&
               (line.back() == ' ' || line.back() == '\t' || line.back() == '\r')) {
            line.remove_suffix(1);
        }
        if (line.empty()) {
            ++blank_lines;
            continue;
        }
        if (!out.empty()) out.append(blank_lines + 1, '\n');
        blank_lines = 0;
        append_printable(out, line);
    }
    return out;
}

} // namespace beckon::schema
