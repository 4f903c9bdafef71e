#include "beckon/protocol/pyrpc/logging.hpp"

#include <memory>
#include <utility>

#include "beckon/object/answer_later.hpp"
#include "beckon/object/operate.hpp"
#include "beckon/object/servant.hpp"
#include "protocol/pyrpc/call_text.hpp"
#include "protocol/pyrpc/exception.hpp"

namespace beckon::pyrpc {

namespace {

constexpr std::size_t most_of_call = 60;
constexpr std::size_t most_of_line = 120;

/// The call's half of a line.
[[nodiscard]] std::string first_half(const dynamic_request& request) {
    std::string text = call_text(request.name, request.arguments, request.named);
    if (count_characters(text) <= most_of_call) return text;
    return concat(first_characters(text, most_of_call), "...)");
}

[[nodiscard]] std::string whole_line(const std::string& call, const std::string& outcome) {
    const std::size_t used = count_characters(call);
    const std::size_t left = used < most_of_line ? most_of_line - used : 0;
    return concat(call, first_characters(concat(" -> ", outcome), left));
}

/// "ValueError('bad', 3)".
[[nodiscard]] std::string exception_text(const error& failure) {
    const exception_parts parts = to_exception(failure, false).exception();
    std::string arguments = repr_of(parts.arguments);
    if (parts.arguments.size() == 1) arguments = concat('(', repr_of(parts.arguments[0]), ')');
    return concat(std::string_view(parts.type).substr(parts.type.rfind('.') + 1), arguments);
}

void tell(const log_functions& told, const std::string& call, const result<value>& outcome) {
    if (outcome) {
        if (told.of_calls) told.of_calls(whole_line(call, repr_of(*outcome)));
    } else if (told.of_exceptions) {
        told.of_exceptions(whole_line(call, exception_text(outcome.error())));
    }
}

class logged_object final : public servant {
public:
    logged_object(object callee, log_functions told)
        : servant(nullptr, nullptr, nullptr), callee_(std::move(callee)),
          told_(std::make_shared<const log_functions>(std::move(told))) {}

    void dispatch(incoming_call& call) noexcept override {
        call.reject(fail(errc::unsupported, "an object whose calls are logged has no interface"));
    }
    void perform(incoming_call& call) noexcept override {
        answer_later(
            *this, call,
            [this, request = std::move(*call.request)](const call_options& options) mutable {
                const bool is_call = request.what == operation::call_method;
                const std::string text = is_call ? first_half(request) : std::string();
                future<value> outcome = operate(callee_, std::move(request), options);
                if (!is_call) return outcome;
                return std::move(outcome).then(
                    [text, told = told_](result<value> came) -> result<value> {
                        tell(*told, text, came);
                        return came;
                    });
            });
    }
    [[nodiscard]] std::string_view interface_name() const noexcept override {
        return callee_.interface_name();
    }

private:
    const object callee_;
    const std::shared_ptr<const log_functions> told_;
};

} // namespace

object logged(const object& callee, log_functions told) {
    return object(intrusive_ptr<object_core>(make_counted<logged_object>(callee, std::move(told))));
}

} // namespace beckon::pyrpc
