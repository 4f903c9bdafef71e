#include "beckon/security/unproven/unproven.hpp"

namespace beckon::security::unproven {

namespace {

/// Longer ones are no names.
constexpr std::size_t most_user_bytes = 256;

class believer final : public message_security {
public:
    explicit believer(std::string user) : user_(std::move(user)) {}

    [[nodiscard]] std::string_view name() const noexcept override { return "unproven"; }

    result<outgoing> protect(byte_view) override { return outgoing{{{"user", user_}}, {}}; }

    result<incoming> check(byte_view, const metadata& header) override {
        incoming taken;
        for (const auto& [key, text] : header) {
            if (key == "user") taken.user = text;
        }
        if (taken.user.size() > most_user_bytes) {
            return fail(errc::access_denied, "user of ", taken.user.size(), " bytes; limit is ",
                        most_user_bytes, " bytes");
        }
        return taken;
    }

    [[nodiscard]] bool takes_bare_messages() const noexcept override { return true; }

private:
    const std::string user_;
};

} // namespace

message_security_maker make(std::string user) {
    return [user = std::move(user)](security_side) -> result<std::unique_ptr<message_security>> {
        return std::make_unique<believer>(user);
    };
}

message_security_maker make(const io::endpoint& where, const std::string& otherwise) {
    const std::string* const given = where.option("user");
    return make(given != nullptr ? *given : otherwise);
}

} // namespace beckon::security::unproven
