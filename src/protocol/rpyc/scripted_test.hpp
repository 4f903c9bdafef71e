// Objects of ours that do as a record says.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "beckon/object/servant.hpp"
#include "protocol/rpyc/handler.hpp"

namespace beckon::rpyc::testing {

/// A request that reached an object of ours, and waits for what was recorded as its answer.
struct asked_request {
    intrusive_ptr<deferred_reply> reply;
    dynamic_request request;
    const servant* object = nullptr;
};

/// An object of ours: it does as the record says.
class scripted final : public servant {
public:
    scripted(std::vector<asked_request>& asks, std::string class_name)
        : servant(nullptr, nullptr, nullptr), asks_(asks), name_(std::move(class_name)) {
        policy_ = static_cast<std::uint8_t>(policy::inline_);
    }
    void dispatch(incoming_call& call) noexcept override {
        call.reject(fail(errc::unsupported, "a scripted object has no interface"));
    }
    void perform(incoming_call& call) noexcept override {
        dynamic_request request = std::move(*call.request);
        asks_.push_back({call.defer(), std::move(request), this});
    }
    [[nodiscard]] nature what() const noexcept override {
        if (name_ == "builtins.function") return nature::function;
        if (name_ == "builtins.method" || name_ == "builtins.builtin_function_or_method")
            return nature::method;
        if (name_ == "builtins.list") return nature::list;
        if (name_ == "builtins.dict") return nature::map;
        if (name_ == "builtins.generator" || name_ == "builtins.list_iterator")
            return nature::iterator;
        return nature::object;
    }
    [[nodiscard]] std::string_view interface_name() const noexcept override { return name_; }

private:
    std::vector<asked_request>& asks_;
    const std::string name_;
};

/// What an object of ours is asked for; nothing where none is.
[[nodiscard]] inline std::optional<operation> operation_of(handler asked) {
    switch (asked) {
    case handler::get_root: return operation::root;
    case handler::get_attr: return operation::get_attribute;
    case handler::del_attr: return operation::delete_attribute;
    case handler::set_attr: return operation::set_attribute;
    case handler::call: return operation::call;
    case handler::call_attr: return operation::call_method;
    case handler::repr: return operation::to_repr;
    case handler::str: return operation::to_text;
    case handler::cmp: return operation::compare;
    case handler::hash: return operation::hash;
    case handler::dir: return operation::names;
    case handler::inspect: return operation::describe;
    case handler::buffiter: return operation::next_items;
    case handler::ctxexit: return operation::leave_context;
    case handler::instance_check: return operation::is_instance;
    default: return std::nullopt; // none that we send, or that an object gets
    }
}

} // namespace beckon::rpyc::testing
