#include "schema_file.hpp"

#include <algorithm>
#include <cstdio>

#include "beckon/schema/remcall/convert.hpp"
#include "beckon/schema/remcall/print.hpp"
#include "command.hpp"
#include "text_file.hpp"

namespace command {

namespace remcall = beckon::schema::remcall;

schema_file::schema_file(const std::string& path, bool lenient)
    : name_(path == "-" ? "standard input" : path), content_(read_text(path)), lenient_(lenient) {}

/// By its first bytes, as far as there are any; a damaged one by its name, or by what no text holds.
bool schema_file::is_binary() const {
    constexpr std::string_view begins = "REMCALL";
    return remcall::is_binary(beckon::as_bytes(content_)) || begins.starts_with(content_) ||
           name_.ends_with(".remcall") || content_.find('\0') != std::string::npos;
}

void schema_file::check_not_empty() const {
    if (!content_.empty() || name_.ends_with(".remcall")) return; // else remcall's reader says it
    throw failure{status::failed,
                  beckon::fail(beckon::errc::parse_error, name_,
                               " is empty; expected IDL, or a binary schema of remcall")};
}

remcall::document schema_file::decoded() const {
    check_not_empty();
    remcall::read_options options;
    if (lenient_) options.strictness = remcall::strictness::lenient;
    auto read =
        checked(remcall::read(beckon::as_bytes(content_), options).note("reading " + name_));
    return std::move(read.document);
}

beckon::schema::document schema_file::parsed(const beckon::schema::parse_options& options) const {
    auto outcome = beckon::schema::parse_all(content_, name_, options);
    if (!outcome.diagnostics.empty())
        fail_by(beckon::schema::to_string(outcome.diagnostics), outcome.diagnostics.size());
    return std::move(outcome.document);
}

void schema_file::fail_by(const std::string& told, std::size_t count) const {
    std::fwrite(told.data(), 1, told.size(), stderr);
    throw failure{status::failed, beckon::fail(beckon::errc::parse_error, name_, " has ", count,
                                               count == 1 ? " error" : " errors")};
}

void schema_file::refuse(const std::vector<beckon::schema::problem>& problems) const {
    if (is_binary()) {
        // Bytes have no lines; each problem says in words where it is.
        std::string told;
        for (const auto& each : problems)
            told += beckon::concat(name_, ": error: ", each.message, "\n");
        fail_by(told, problems.size());
    }
    beckon::schema::parse_options options;
    options.max_errors = std::max<std::size_t>(problems.size(), 1);
    options.more_rules = [&problems](const beckon::schema::document&) { return problems; };
    const auto told = beckon::schema::parse_all(content_, name_, options).diagnostics;
    fail_by(beckon::schema::to_string(told), told.size());
}

beckon::schema::document schema_file::ours() const {
    if (!is_binary()) return parsed();
    return checked(remcall::to_document(decoded()).note("reading " + name_));
}

remcall::document schema_file::remcall(const std::string& main) const {
    if (is_binary()) {
        if (!main.empty()) fail_usage("--main is for IDL; a binary schema has its own Main");
        return decoded();
    }
    remcall::from_options wanted;
    wanted.main = main;
    beckon::schema::parse_options options;
    if (lenient_) {
        wanted.strictness = remcall::strictness::lenient;
        options.rules = false;
    } else {
        options.more_rules = [&wanted](const beckon::schema::document& document) {
            std::vector<beckon::schema::problem> found = remcall::inexpressible(document, wanted);
            for (auto& each : found) {
                if (each.where.declaration == beckon::schema::place::none && wanted.main.empty())
                    each.message += "; --main NAME says which one becomes it";
            }
            return found;
        };
    }
    auto made = remcall::from_document(parsed(options), wanted);
    return std::move(checked(std::move(made).note("reading " + name_)).document);
}

bool schema_file::is_remcalls() const {
    if (is_binary()) return true;
    const auto document = beckon::schema::parse(content_, name_);
    if (!document) return false;
    const auto made = remcall::from_document(*document);
    if (!made) return false;
    const std::string printed = remcall::pretty_print(made->document);
    return content_ == printed || content_ == printed + '\n';
}

} // namespace command
