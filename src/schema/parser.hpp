// The grammar of the IDL, by recursive descent over a list of tokens.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "beckon/schema/parse.hpp"
#include "beckon/schema/place.hpp"
#include "schema/lexer.hpp"

namespace beckon::schema {

/// Where in the text each part of the document was read.
using source_map = std::map<place, source_range>;

/// Reads one text. Names of types are left unresolved: kind void_ with the name as written.
///
/// Lifetime: borrows the source and the tokens.
class parser {
public:
    parser(const source_text& source, const tokens& tokens, std::size_t max_errors)
        : source_(source), tokens_(tokens), max_errors_(max_errors) {}

    void run();

    schema::document document;
    source_map places;
    std::vector<diagnostic> diagnostics;

private:
    // Tokens.
    [[nodiscard]] const token& peek(std::size_t ahead = 0) const;
    [[nodiscard]] std::string_view slice(std::size_t ahead = 0) const;
    [[nodiscard]] bool is(std::string_view symbol, std::size_t ahead = 0) const;
    [[nodiscard]] bool is_word(std::size_t ahead = 0) const;
    [[nodiscard]] bool at_end() const { return peek().kind == token_kind::end; }
    bool accept(std::string_view symbol);
    /// Complains that the next token is not what was expected. Always false.
    bool unexpected(const std::string& expected);
    bool expect(std::string_view symbol, const std::string& after);
    /// A name, or a complaint; `what` completes "expected".
    std::optional<std::string> expect_name(const std::string& what);
    void complain(source_range where, std::string message);
    /// The position in the token list of the token before the next.
    [[nodiscard]] std::size_t last() const { return at_ - 1; }

    // The file (parser.cpp).
    void parse_declaration();
    std::optional<section> declaration_keyword();
    [[nodiscard]] bool at_declaration() const;
    void parse_label();
    void parse_namespace();
    void parse_widths();
    void finish_statement(const std::string& after);
    void skip_to_declaration();

    // Declarations (parse_declaration.cpp).
    bool open_body(const std::string& what);
    bool at_end_of_body(const std::string& what);
    std::string close_body(std::size_t first, std::size_t open);
    void skip_member();
    void parse_enumeration(std::size_t first);
    void parse_enumerator(enumeration& out, place where);
    void parse_number(enumerator& out, const place& where);
    void parse_record(std::size_t first, std::vector<record>& into, section section);
    bool parse_field(field& out, const place& where);
    bool parse_default(field& out, const place& where);
    void parse_interface(std::size_t first);
    bool parse_method(method& out, const place& where);
    void parse_markers(method& out);
    bool parse_parameters(method& out, const place& where);
    bool parse_raises(method& out, place where);
    bool parse_command(method& out, place where);
    void note(place where, aspect aspect, std::size_t token);

    // Types (parse_type.cpp).
    bool parse_type(type& out, place where, const std::string& what);
    // Where a node of a type stands, and the name before it where it is a case of a variant.
    struct type_node {
        source_range where;
        std::optional<source_range> case_name;
    };
    bool parse_node(type& out, std::vector<type_node>& nodes, std::size_t depth,
                    const std::string& what);
    bool parse_arguments(type& out, std::vector<type_node>& nodes, std::size_t depth);
    bool parse_reference(type& out, std::vector<type_node>& nodes);

    const source_text& source_;
    const tokens& tokens_;
    std::size_t max_errors_;
    std::size_t at_ = 0;
};

/// Gives each unresolved name its kind, and default values their canonical form. What is not declared stays
/// unresolved and what does not fit stays as written, for check() to complain about.
void resolve(document& document);

} // namespace beckon::schema
