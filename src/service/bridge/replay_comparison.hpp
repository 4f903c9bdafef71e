// Whether two runs of a conversation say the same.
#pragma once

#include <optional>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "session/teller.hpp"

namespace beckon {

/// Compares contents of messages (told_message::content), the names that each run has for itself apart.
///
/// Thread-safety: none.
class replay_comparison {
public:
    explicit replay_comparison(std::vector<std::regex> ignored) : ignored_(std::move(ignored)) {}

    /// Of these the recorded client speaks: what may be a name of theirs is one.
    void add_spoken_of(const std::vector<bytes>& names) {
        spoken_of_.insert(names.begin(), names.end());
    }

    struct place {
        std::string path; ///< "result.items[2]"
        std::string recorded;
        std::string actual;
    };
    /// Where they differ first; nothing where they are the same. What of names is found on the way goes to `names`, unless
    /// that is null; then a name is the same where it is called as in `known`, or where that is null as well, any.
    [[nodiscard]] std::optional<place> differ(const value& recorded, const value& actual,
                                              other_names* names,
                                              const other_names* known = nullptr) const;

private:
    [[nodiscard]] std::optional<place> walk(const std::string& path, const value& recorded,
                                            const value& actual, other_names* names,
                                            const other_names* known) const;
    [[nodiscard]] std::optional<place> leaf(const std::string& path, const value& recorded,
                                            const value& actual) const;
    [[nodiscard]] bool is_ignored(const std::string& recorded, const std::string& actual) const;

    std::vector<std::regex> ignored_;
    std::set<bytes> spoken_of_;
};

} // namespace beckon
