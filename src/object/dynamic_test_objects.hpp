// Objects for tests of dynamic.hpp: some that behave as Python's do, and a peer that answers or keeps silent as told.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "beckon/object/dynamic.hpp"
#include "beckon/object/operate.hpp"
#include "beckon/object/servant.hpp"
#include "object/value_operations.hpp"

namespace beckon::dynamic_tests {

using handler = std::function<result<value>(const dynamic_request&)>;

/// An object that does what its handlers say, and writes down what it was asked. A handler stands under the name of its
/// method, attributes under theirs, everything else under that of the operation.
class test_object final : public servant {
public:
    explicit test_object(nature what = nature::object) noexcept
        : servant(nullptr, nullptr, nullptr), nature_(what) {}

    void dispatch(incoming_call& call) noexcept override {
        call.reject(fail(errc::internal, "test object has no interface"));
    }
    void perform(incoming_call& call) noexcept override {
        const dynamic_request& request = *call.request;
        std::string line(to_string(request.what));
        if (!request.name.empty()) line += " " + request.name;
        for (const value& each : request.arguments) line += " " + each.to_text();
        for (const map_entry& each : request.named.entries())
            line += " " + std::string(each.key.string()) + "=" + each.mapped.to_text();
        log.push_back(line);
        result<value> outcome = answer(request);
        if (!outcome) return call.reject(std::move(outcome).error());
        call.reply_value(std::move(outcome).value());
    }
    [[nodiscard]] nature what() const noexcept override { return nature_; }

    std::map<std::string, handler> on;
    std::map<std::string, value> attributes;
    std::vector<std::string> log;
    value content; ///< Where it is not null, what is not handled is done with it.

private:
    [[nodiscard]] result<value> answer(const dynamic_request& request) {
        const bool by_name =
            request.what == operation::call_method || request.what == operation::compare;
        const auto found = on.find(by_name ? request.name : std::string(to_string(request.what)));
        if (found != on.end()) return found->second(request);
        const auto attribute = attributes.find(request.name);
        if (request.what == operation::get_attribute && attribute != attributes.end())
            return attribute->second;
        if (request.what == operation::set_attribute) {
            attributes[request.name] = request.arguments[0];
            return value();
        }
        if (request.what == operation::delete_attribute && attributes.erase(request.name) != 0)
            return value();
        if (!content.is_null()) return detail::operate_on_value(content, request, &content);
        if (request.what == operation::compare) return value();
        if (by_name || request.what == operation::get_attribute ||
            request.what == operation::delete_attribute) {
            return detail::python_failure(
                python::builtin::attribute_error,
                concat("object has no attribute ", beckon::quoted(request.name)));
        }
        return fail(errc::unsupported, "test object knows no ", to_string(request.what));
    }

    const nature nature_;
};

[[nodiscard]] inline intrusive_ptr<test_object>
make_object(servant::nature what = servant::nature::object) {
    return make_counted<test_object>(what);
}
[[nodiscard]] inline dynamic to_dynamic(const intrusive_ptr<test_object>& of) {
    return dynamic(object(of));
}

/// An iterator over `items` that gives batches, or refuses them and gives one at a time.
[[nodiscard]] inline intrusive_ptr<test_object> make_iterator(std::vector<value> items,
                                                              bool batches = true) {
    auto made = make_object(servant::nature::iterator);
    struct state {
        std::vector<value> items;
        std::size_t place = 0;
    };
    const auto kept = std::make_shared<state>(state{std::move(items), 0});
    if (batches) {
        made->on["next_items"] = [kept](const dynamic_request& request) -> result<value> {
            value batch = value::list();
            for (auto left = request.arguments[0].uint64();
                 left > 0 && kept->place < kept->items.size(); --left)
                batch.push_back(kept->items[kept->place++]);
            return batch;
        };
    }
    made->on["__next__"] = [kept](const dynamic_request&) -> result<value> {
        if (kept->place == kept->items.size())
            return detail::python_failure(python::builtin::stop_iteration, "");
        return kept->items[kept->place++];
    };
    return made;
}

/// A list, map, set or text of Python: operations are those of the value. Iteration is by iterators.
[[nodiscard]] inline intrusive_ptr<test_object> make_container(value content) {
    const bool is_map = content.is(value_kind::map);
    auto made = make_object(is_map ? servant::nature::map : servant::nature::list);
    made->content = std::move(content);
    auto* const self = made.get();
    const auto items = [self] { return std::move(detail::items_of(self->content)).value(); };
    made->on["__iter__"] = [items](const dynamic_request&) -> result<value> {
        return value(object(make_iterator(items())));
    };
    // As the reference implementation does it: the first items of anything that can be iterated.
    made->on["next_items"] = [items](const dynamic_request& request) -> result<value> {
        std::vector<value> all = items();
        if (all.size() > request.arguments[0].uint64()) all.resize(request.arguments[0].uint64());
        return value::list(std::move(all));
    };
    if (is_map) {
        made->on["items"] = [self](const dynamic_request&) -> result<value> {
            value pairs = value::list();
            for (const map_entry& each : self->content.entries())
                pairs.push_back(value::tuple({each.key, each.mapped}));
            return value(object(make_container(std::move(pairs))));
        };
    }
    return made;
}

/// A peer whose protocol is dynamic. It answers at once by `answer`, or keeps calls until `answer_all`.
class test_peer final : public peer {
public:
    struct asked {
        dynamic_request request;
        call_options options;
        pending_call* pending;
        intrusive_ptr<object_core> target;
    };

    native::writer* begin_call(const call_request&, pending_call*) override { return nullptr; }
    void end_call() override {}
    bool is_dynamic() const noexcept override { return true; }
    void call_dynamic(const call_request& call, dynamic_request request,
                      pending_call* pending) override {
        {
            const std::lock_guard lock(mutex_);
            log.push_back(request.name.empty() ? std::string(to_string(request.what))
                                               : request.name);
            options.push_back(*call.options);
            waiting.push_back({std::move(request), *call.options, pending,
                               intrusive_ptr<object_core>(call.target)});
        }
        if (on_call) on_call();
        if (!silent) answer_all();
    }
    void wait(waitable& waiting_for, time_point) override {
        // Of an operation of several requests the next is there once one is answered.
        while (!waiting_for.done() && !waiting.empty()) answer_all();
    }
    void send_now() noexcept override {
        ++sent;
        if (const auto now = std::exchange(on_send, nullptr)) now();
    }
    bool cancel(pending_call& pending) override {
        const std::lock_guard lock(mutex_);
        ++cancelled;
        return std::erase_if(waiting,
                             [&](const asked& each) { return each.pending == &pending; }) != 0;
    }
    intrusive_ptr<remote_object> promised_object(pending_call&,
                                                 const interface_descriptor*) override {
        return {};
    }
    void released(remote_object& of) noexcept override { delete &of; }
    std::string type_name(const remote_object&) override { return type; }
    std::string endpoint_name() const override { return "rpyc+test:"; }

    void answer_all() {
        std::vector<asked> now;
        {
            const std::lock_guard lock(mutex_);
            std::swap(now, waiting);
        }
        for (asked& each : now) {
            result<value> outcome = operate_and_wait(behind, std::move(each.request));
            outcome ? each.pending->on_value(std::move(outcome).value())
                    : each.pending->on_failure(std::move(outcome).error());
            each.pending->complete();
        }
    }
    [[nodiscard]] static dynamic make(const intrusive_ptr<test_peer>& through) {
        return dynamic(object(intrusive_ptr<object_core>(
            make_counted<remote_object>(intrusive_ptr<peer>(through), std::uint32_t{1}, nullptr))));
    }

    object behind; ///< What answers.
    bool silent = false;
    std::function<void()> on_send; ///< Runs once, when calls made before are to leave.
    std::function<void()> on_call; ///< Runs when a call has been made.
    std::string type;
    std::vector<std::string> log;
    std::vector<call_options> options;
    std::vector<asked> waiting;
    int cancelled = 0;
    int sent = 0; ///< How often calls had to leave by themselves.

private:
    std::mutex mutex_;
};

/// What the exception that `run` throws says; empty where it throws none.
template <typename Exception = exception, typename Run>
[[nodiscard]] std::string thrown(Run&& run) {
    try {
        run();
    } catch (const Exception& caught) {
        return caught.failure().message();
    }
    return {};
}

} // namespace beckon::dynamic_tests
