// Files that hold schemas: IDL, what remcall prints, and remcall's binary schemas.
#pragma once

#include <string>
#include <vector>

#include "beckon/schema/parse.hpp"
#include "beckon/schema/remcall/binary.hpp"
#include "beckon/schema/schema.hpp"

namespace command {

/// One file, read; what it holds is found out when it is asked for. What is wrong with a text goes to standard error as
/// compilers tell it; then a failure is thrown that only sums up. All functions throw failures.
class schema_file {
public:
    /// "-" is standard input. `lenient`: what remcall itself tolerates is taken, see remcall::strictness.
    explicit schema_file(const std::string& path, bool lenient = false);

    /// As a document of ours.
    [[nodiscard]] beckon::schema::document ours() const;
    /// As one of remcall's; `main` names the interface of an IDL file that becomes Main.
    [[nodiscard]] beckon::schema::remcall::document remcall(const std::string& main = {}) const;
    /// Tells what is wrong with the document that ours() gave, by line and column where it has them. Throws a failure.
    [[noreturn]] void refuse(const std::vector<beckon::schema::problem>& problems) const;
    /// Whether it is a binary schema, or a text that remcall prints, byte for byte.
    [[nodiscard]] bool is_remcalls() const;

private:
    [[nodiscard]] bool is_binary() const;
    [[nodiscard]] beckon::schema::remcall::document decoded() const;
    void check_not_empty() const;
    [[noreturn]] void fail_by(const std::string& told, std::size_t count) const;
    [[nodiscard]] beckon::schema::document
    parsed(const beckon::schema::parse_options& options = {}) const;

    std::string name_;
    std::string content_;
    bool lenient_;
};

} // namespace command
