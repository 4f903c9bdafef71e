#include "beckon/schema/parse.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "beckon/base/bytes.hpp"
#include "beckon/base/text.hpp"
#include "beckon/base/utf8.hpp"
#include "beckon/schema/check.hpp"
#include "schema/parser.hpp"

namespace beckon::schema {

namespace {

/// Where the place was read, or the nearest thing around it that was.
source_range range_of(const source_map& places, place where) {
    if (const auto exact = places.find(where); exact != places.end()) return exact->second;
    where.aspect = aspect::name;
    where.part = 0;
    const auto name = places.find(where);
    return name == places.end() ? source_range{} : name->second;
}

std::vector<diagnostic> locate(const source_text& source, const source_map& places,
                               const std::vector<problem>& problems) {
    std::vector<diagnostic> out;
    for (const problem& problem : problems) {
        source_range where = range_of(places, problem.where);
        if (!problem.related) {
            out.push_back(source.complain(where, problem.message));
            continue;
        }
        source_range related = range_of(places, *problem.related);
        if (problem.symmetric && related.offset > where.offset) std::swap(where, related);
        diagnostic complaint = source.complain(where, problem.message);
        complaint.notes.push_back(source.complain(related, problem.related_message));
        out.push_back(std::move(complaint));
    }
    return out;
}

/// What the grammar makes of a line that holds no tokens is of no interest.
void drop_lines_of(const std::vector<diagnostic>& bad_tokens, std::vector<diagnostic>& out) {
    std::set<std::uint32_t> lines;
    for (const diagnostic& diagnostic : bad_tokens) lines.insert(diagnostic.line);
    std::erase_if(
        out, [&lines](const diagnostic& diagnostic) { return lines.contains(diagnostic.line); });
}

void put_in_order(std::vector<diagnostic>& diagnostics) {
    std::stable_sort(diagnostics.begin(), diagnostics.end(),
                     [](const diagnostic& a, const diagnostic& b) {
                         return std::tie(a.line, a.column) < std::tie(b.line, b.column);
                     });
}

std::string too_long(std::size_t size, std::size_t limit) {
    return concat("found a text of ", size, " bytes; limit is ", limit, " bytes");
}

} // namespace

parse_outcome parse_all(std::string_view text, std::string_view file_name,
                        const parse_options& options) {
    parse_outcome out;
    if (text.size() > options.max_bytes) {
        const source_text source("", file_name);
        out.diagnostics.push_back(source.complain({}, too_long(text.size(), options.max_bytes)));
        return out;
    }
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (text.substr(0, byte_order_mark.size()) == byte_order_mark) {
        text.remove_prefix(byte_order_mark.size());
    }
    const source_text source(text, file_name);
    if (const std::size_t bad = utf8_error_offset(text); bad < text.size()) {
        out.diagnostics.push_back(source.complain(
            {static_cast<std::uint32_t>(bad), 1},
            concat("found byte 0x", to_hex(as_bytes(text.substr(bad, 1))), ", expected UTF-8")));
        return out;
    }
    const std::size_t max_errors = std::max<std::size_t>(1, options.max_errors);
    const tokens tokens = tokenize(source, max_errors);
    parser parser(source, tokens, max_errors);
    parser.run();
    out.document = std::move(parser.document);
    out.diagnostics = std::move(parser.diagnostics);
    drop_lines_of(tokens.diagnostics, out.diagnostics);
    out.diagnostics.insert(out.diagnostics.end(), tokens.diagnostics.begin(),
                           tokens.diagnostics.end());
    if (out.diagnostics.empty()) {
        resolve(out.document);
        std::vector<problem> problems;
        if (options.rules) problems = check(out.document, max_errors);
        if (problems.empty() && options.more_rules) problems = options.more_rules(out.document);
        out.diagnostics = locate(source, parser.places, problems);
    }
    put_in_order(out.diagnostics);
    if (out.diagnostics.size() > max_errors) out.diagnostics.resize(max_errors);
    return out;
}

result<document> parse(std::string_view text, std::string_view file_name,
                       const parse_options& options) {
    if (text.size() > options.max_bytes) {
        return fail(errc::limit_exceeded, file_name, ": ",
                    too_long(text.size(), options.max_bytes));
    }
    parse_outcome outcome = parse_all(text, file_name, options);
    if (outcome.diagnostics.empty()) return std::move(outcome.document);
    std::string message = headline(outcome.diagnostics[0]);
    const std::size_t more = outcome.diagnostics.size() - 1;
    if (more > 0) message += concat(" (and ", more, more == 1 ? " more error)" : " more errors)");
    return fail(errc::parse_error, message);
}

} // namespace beckon::schema
