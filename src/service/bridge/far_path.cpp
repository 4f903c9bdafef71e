#include "service/bridge/far_path.hpp"

#include "object/carried_value.hpp"
#include "object/own_call.hpp"

namespace beckon::bridging {

namespace {

class far_path final : public servant {
public:
    far_path(std::shared_ptr<far_names> names, std::string path)
        : servant(nullptr, nullptr, nullptr), names_(std::move(names)), path_(std::move(path)) {
        policy_ = static_cast<std::uint8_t>(policy::inline_); // it only sends
    }

    void dispatch(incoming_call& call) noexcept override {
        call.reject(fail(errc::unsupported, "the interface of ", path_, " is not known here"));
    }

    void perform(incoming_call& call) noexcept override {
        dynamic_request& request = *call.request;
        const bool is_special = request.name.starts_with("__");
        if (detail::is_own_call(request)) {
            request.what = operation::call_method;
            request.name = path_;
            return ask(call);
        }
        if (request.what == operation::call_method && !is_special) {
            request.name = concat(path_, '.', request.name);
            return ask(call);
        }
        if (request.what == operation::get_attribute && !is_special) {
            return call.reply_value(value(
                intrusive_ptr<referent>(make_far_path(names_, concat(path_, '.', request.name)))));
        }
        servant::perform(call);
    }

    [[nodiscard]] nature what() const noexcept override { return nature::function; }
    [[nodiscard]] std::string_view interface_name() const noexcept override { return path_; }

private:
    void ask(incoming_call& call) {
        detail::answer_by(*this, call,
                          [names = names_](dynamic_request request, intrusive_ptr<peer> from) {
                              return detail::ask_carrying(names->untyped_root(), std::move(request),
                                                          std::move(from));
                          });
    }

    const std::shared_ptr<far_names> names_;
    const std::string path_;
};

} // namespace

intrusive_ptr<servant> make_far_path(std::shared_ptr<far_names> names, std::string path) {
    return make_counted<far_path>(std::move(names), std::move(path));
}

} // namespace beckon::bridging
