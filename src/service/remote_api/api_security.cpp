// The security of an API: from its expression to providers, one for each conversation.
#include <mutex>
#include <optional>

#include "beckon/io/endpoint.hpp"
#include "service/remote_api/api_state.hpp"
#include "service/session_factory.hpp"

namespace beckon::quickrpc::detail {

namespace {

/// What find_security is to look up: the expression as if it stood in an endpoint.
[[nodiscard]] result<io::endpoint> as_endpoint(std::string_view expression) {
    const std::size_t colon = std::min(expression.find(':'), expression.size());
    io::endpoint where;
    const std::string name(expression.substr(0, colon));
    const security_words words = words_of_security(name);
    if (colon < expression.size() && !words.are_ignored) {
        BECKON_ASSIGN(where, io::parse_endpoint(concat("x", expression.substr(colon))));
    }
    where.protocol = protocol_name;
    where.security = name;
    if (where.address.empty()) return where;
    const std::string_view stands_for = words.option;
    if (stands_for.empty()) return where; // the program's own: it sees the address
    if (where.option(stands_for) != nullptr) {
        return fail(errc::invalid_argument, "security ", quoted(expression), " gives ", stands_for,
                    " twice");
    }
    where.options.emplace_back(stands_for, where.address);
    return where;
}

/// One maker for each side, since some tell apart for which end they are made. What they remember is the API's.
class providers {
public:
    providers(std::shared_ptr<context> inside, io::endpoint where, std::string user)
        : inside_(std::move(inside)), where_(std::move(where)), user_(std::move(user)) {}

    [[nodiscard]] result<std::unique_ptr<message_security>> make(security_side side) {
        const std::lock_guard lock(mutex_);
        message_security_maker& made = side == security_side::accepting ? accepting_ : connecting_;
        if (!made) {
            BECKON_ASSIGN(made, find_security(*inside_, where_,
                                              {.side = side, .user = user_, .memory = memory_}));
        }
        return made(side);
    }

private:
    const std::shared_ptr<context> inside_;
    const io::endpoint where_;
    const std::string user_;
    const std::shared_ptr<replay_memory> memory_ = make_replay_memory();
    std::mutex mutex_;
    message_security_maker accepting_;
    message_security_maker connecting_;
};

} // namespace

result<message_security_maker> find_api_security(const std::shared_ptr<context>& inside,
                                                 std::string_view expression,
                                                 const std::string& user) {
    BECKON_ASSIGN(io::endpoint where, as_endpoint(expression));
    if (where.security == "null" || where.security.empty()) return message_security_maker();
    BECKON_TRY(check_security(*inside, where));
    if (!inside->find_security(where.security)) {
        const known_options known[] = {options_of_security(where)};
        BECKON_TRY(check_options(where, known));
    }
    const auto all = std::make_shared<providers>(inside, std::move(where), user);
    return message_security_maker([all](security_side side) { return all->make(side); });
}

result<void> api_state::check_security() {
    if (!security) return {};
    auto made = security(security_side::connecting);
    // A file of keys may be for one side alone, and which it will be its transports decide.
    if (!made) {
        if (auto other = security(security_side::accepting)) made = std::move(other);
    }
    if (!made) return std::move(made).error();
    security_between_two = words_of_security((*made)->name()).between_two;
    const auto tried = make_quickrpc_conversation({.codec = codec, .security = *std::move(made)});
    if (!tried) return tried.error();
    return {};
}

} // namespace beckon::quickrpc::detail
