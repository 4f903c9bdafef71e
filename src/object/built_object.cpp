#include "beckon/object/object_builder.hpp"

#include <array>
#include <map>
#include <mutex>

#include "beckon/object/answer_later.hpp"
#include "beckon/object/exception.hpp"
#include "beckon/object/named_error.hpp"

#include "beckon/object/operate.hpp"
#include "object/bound_method.hpp"
#include "object/container.hpp"
#include "object/fetched_call.hpp"
#include "object/named_arguments.hpp"
#include "object/python_text.hpp"
#include "object/python_words.hpp"

namespace beckon {

namespace detail {

struct object_parts {
    struct method {
        callable body;
        std::string doc;
        std::string called; ///< By what its errors say: "Thermometer.read".
    };
    /// A value, unless there is a function to get it.
    struct attribute {
        value content;
        callable get;
        callable set;
        bool is_writable = false;
    };

    std::string type;
    std::string doc;
    std::map<std::string, method, std::less<>> methods;
    std::map<std::string, attribute, std::less<>> attributes;
    callable otherwise; ///< Of calls: methods that are not in the map.
    policy execution = policy::session;
    servant::nature nature = servant::nature::object;
};

namespace {

class built_object final : public nested_servant {
public:
    explicit built_object(object_parts&& parts) : parts_(std::move(parts)) {
        for (const auto& [name, each] : parts_.attributes) mark_held(each.content);
        set_execution(parts_.execution);
    }

    [[nodiscard]] std::string_view interface_name() const noexcept override { return parts_.type; }
    [[nodiscard]] nature what() const noexcept override { return parts_.nature; }
    void dispatch(incoming_call& call) noexcept override {
        call.reject(fail(errc::unsupported, "objects of type ", parts_.type,
                         " have no interface, and no methods by number"));
    }
    void perform(incoming_call& call) noexcept override;
    void add_held(std::vector<intrusive_ptr<servant>>& into) const override {
        const std::lock_guard lock(mutex_);
        for (const auto& [name, each] : parts_.attributes) add_references(each.content, into);
    }

private:
    /// What an operation takes: one of the object's functions, or an answer that is there at once.
    struct plan {
        callable* body = nullptr;
        std::string_view called = "property"; ///< By what errors say.
        value arguments = value::list();
        value named = value::map();
        bool in_batch = false; ///< The items of an iterator, so many as `most`.
        std::size_t most = 0;
        bool negated = false;
        /// A call of what an attribute holds, which has to be got first.
        std::optional<dynamic_request> call_of_attribute{};
        [[nodiscard]] bool has_steps() const noexcept { return in_batch || call_of_attribute; }
        result<value> answer = value();
    };

    [[nodiscard]] object_parts::method* find(std::string_view name) noexcept {
        const auto found = parts_.methods.find(name);
        return found == parts_.methods.end() ? nullptr : &found->second;
    }
    [[nodiscard]] error lacks(std::string_view name) const {
        return fail(errc::unknown_method, python_quoted(parts_.type), " object has no attribute ",
                    python_quoted(name));
    }
    [[nodiscard]] plan prepare(dynamic_request& request);
    [[nodiscard]] plan prepare_call(std::string_view name, dynamic_request& request);
    [[nodiscard]] plan prepare_get(const std::string& name);
    [[nodiscard]] plan prepare_set(const std::string& name, const value& content);
    [[nodiscard]] plan prepare_comparison(dynamic_request& request);
    [[nodiscard]] value names() const;
    [[nodiscard]] value described() const;
    [[nodiscard]] future<value> carry_out(plan& made);
    /// Fetches what the function wants by value of what a peer lent, and goes on then; false where there is nothing such.
    [[nodiscard]] bool fetch_arguments(incoming_call& call, plan& made);
    void answer(incoming_call& call, plan made);
    [[nodiscard]] static task<value> next_items(intrusive_ptr<built_object> self, std::size_t most);
    [[nodiscard]] static task<value> call_attribute(intrusive_ptr<built_object> self,
                                                    dynamic_request asked);

    mutable std::mutex mutex_; ///< Of the attributes' values.
    object_parts parts_;       ///< But for those never changed.
};

built_object::plan built_object::prepare_call(std::string_view name, dynamic_request& request) {
    plan made;
    if (object_parts::method* const method = find(name)) {
        made.body = &method->body;
        made.called = method->called;
        made.arguments = std::move(request.arguments);
        made.named = detail::take_named(request);
    } else {
        made.answer = lacks(name);
    }
    return made;
}

built_object::plan built_object::prepare_get(const std::string& name) {
    plan made;
    const auto attribute = parts_.attributes.find(name);
    if (attribute != parts_.attributes.end()) {
        if (attribute->second.get) {
            made.body = &attribute->second.get;
        } else {
            const std::lock_guard lock(mutex_);
            made.answer = lend_inside(attribute->second.content);
        }
        return made;
    }
    const auto method = parts_.methods.find(name);
    if (method != parts_.methods.end()) {
        made.answer = reference_to(make_counted<bound_method>(
            intrusive_ptr<servant>(this), method->first, doc_value(method->second.doc)));
    } else if (name == "__doc__") {
        made.answer = doc_value(parts_.doc);
    } else {
        made.answer = lacks(name);
    }
    return made;
}

built_object::plan built_object::prepare_set(const std::string& name, const value& content) {
    plan made;
    const auto attribute = parts_.attributes.find(name);
    if (attribute == parts_.attributes.end()) {
        if (find(name) == nullptr) {
            made.answer = lacks(name);
        } else {
            made.answer = fail(errc::access_denied, parts_.type, ".", name, " is read-only");
        }
    } else if (attribute->second.set) {
        made.body = &attribute->second.set;
        made.arguments.push_back(content);
    } else if (!attribute->second.is_writable) {
        made.answer = fail(errc::access_denied, parts_.type, ".", name, " is read-only");
    } else if (auto admitted = admit(content); !admitted) {
        made.answer = std::move(admitted).error();
    } else {
        value before = content; // freed without the lock
        const std::lock_guard lock(mutex_);
        attribute->second.content.swap(before);
    }
    return made;
}

built_object::plan built_object::prepare_comparison(dynamic_request& request) {
    const std::string name = request.name;
    const value other = request.arguments[0];
    if (find(name) != nullptr) return prepare_call(name, request);
    plan made;
    if (name == "__ne__" && find("__eq__") != nullptr) {
        made = prepare_call("__eq__", request);
        made.negated = true;
    } else if (name == "__eq__" || name == "__ne__") {
        made.answer = value(same_object(*this, other) == (name == "__eq__"));
    }
    return made;
}

value built_object::names() const {
    value listed = value::list();
    for (const auto& [name, each] : parts_.attributes) listed.push_back(value(name));
    for (const auto& [name, each] : parts_.methods) listed.push_back(value(name));
    return listed;
}

value built_object::described() const {
    value listed = value::list();
    for (const auto& [name, each] : parts_.methods)
        listed.push_back(value::tuple({value(name), doc_value(each.doc)}));
    return listed;
}

built_object::plan built_object::prepare(dynamic_request& request) {
    plan made;
    switch (request.what) {
    case operation::root: made.answer = reference_to(intrusive_ptr<servant>(this)); break;
    case operation::call_method: {
        // Python's own way to leave a context has three arguments.
        const bool leaves = request.name == "__exit__" && request.arguments.size() == 3;
        if (leaves) request.arguments = value::list({request.arguments[0]});
        if (find(request.name) != nullptr) return prepare_call(request.name, request);
        if (const auto means = spelled_operation(request.name)) {
            request.what = *means;
            return prepare(request);
        }
        if (parts_.attributes.contains(request.name)) {
            made.call_of_attribute = std::move(request);
            return made;
        }
        if (request.name == "__format__") {
            if (auto plain = take_format(request, parts_.type); !plain) {
                made.answer = std::move(plain).error();
                return made;
            }
            return prepare(request);
        }
        if (parts_.otherwise) {
            made.body = &parts_.otherwise;
            made.arguments = value::list(
                {value(request.name), std::move(request.arguments), detail::take_named(request)});
            break;
        }
        made.answer = lacks(request.name);
        break;
    }
    case operation::call:
        if (find("__call__") != nullptr) return prepare_call("__call__", request);
        made.answer = type_error(concat(python_quoted(parts_.type), " object is not callable"));
        break;
    case operation::get_attribute: return prepare_get(request.name);
    case operation::set_attribute: return prepare_set(request.name, request.arguments[0]);
    case operation::delete_attribute:
        if (find(request.name) != nullptr || parts_.attributes.contains(request.name)) {
            made.answer =
                fail(errc::access_denied, parts_.type, ".", request.name, " cannot be deleted");
        } else {
            made.answer = lacks(request.name);
        }
        break;
    case operation::compare: return prepare_comparison(request);
    case operation::to_text:
        if (find("__str__") != nullptr) return prepare_call("__str__", request);
        [[fallthrough]];
    case operation::to_repr:
        if (find("__repr__") != nullptr) return prepare_call("__repr__", request);
        made.answer = value(object_text(*this));
        break;
    case operation::hash:
        if (find("__hash__") != nullptr) return prepare_call("__hash__", request);
        if (find("__eq__") != nullptr) {
            made.answer = type_error(concat("unhashable type: ", python_quoted(parts_.type)));
        } else {
            made.answer = value(identity_hash(*this));
        }
        break;
    case operation::names: made.answer = names(); break;
    case operation::describe: made.answer = described(); break;
    case operation::next_items:
        if (find("__next__") == nullptr && find("__iter__") == nullptr) {
            made.answer = type_error(concat(python_quoted(parts_.type), " object is not iterable"));
        } else if (!request.arguments[0].is_uint64()) {
            made.answer = fail(errc::invalid_argument, "caller asks for ",
                               request.arguments[0].to_text(64), " items");
        } else {
            made.in_batch = true;
            made.most = std::min<std::uint64_t>(request.arguments[0].uint64(), max_batch);
        }
        break;
    case operation::leave_context: return prepare_call("__exit__", request);
    case operation::is_instance: return prepare_call("__instancecheck__", request);
    }
    return made;
}

task<value> built_object::next_items(intrusive_ptr<built_object> self, std::size_t most) {
    object_parts::method* const next = self->find("__next__");
    if (next == nullptr) {
        value none = value::list();
        value unnamed = value::map();
        future<value> asked = self->find("__iter__")->body(std::move(none), std::move(unnamed));
        const value iterator = co_await asked;
        dynamic_request ask;
        ask.what = operation::next_items;
        ask.arguments.push_back(value(most));
        const object over = iterator.as<object>();
        future<value> pending = operate(over, std::move(ask));
        value items = co_await pending;
        co_return items;
    }
    std::vector<value> items;
    while (items.size() < most) {
        std::optional<error> failure;
        value none = value::list();
        value unnamed = value::map();
        future<value> asked = next->body(std::move(none), std::move(unnamed));
        try {
            value item = co_await asked;
            items.push_back(std::move(item));
        } catch (const exception& thrown) {
            failure.emplace(thrown.failure());
        }
        if (!failure) continue;
        if (is_stop_iteration(*failure)) break;
        throw_error(std::move(*failure));
    }
    co_return value::list(std::move(items));
}

task<value> built_object::call_attribute(intrusive_ptr<built_object> self, dynamic_request asked) {
    plan got = self->prepare_get(asked.name);
    value content;
    if (got.body != nullptr) {
        future<value> read = self->carry_out(got);
        content = co_await read;
    } else {
        content = got.answer.value();
    }
    if (!content.is(value_kind::reference))
        throw_error(
            type_error(concat(python_quoted(python_type(content)), " object is not callable")));
    asked.what = operation::call;
    asked.name.clear();
    const object called = content.as<object>();
    future<value> pending = operate(called, std::move(asked));
    value outcome = co_await pending;
    co_return outcome;
}

future<value> built_object::carry_out(plan& made) {
    if (made.call_of_attribute) {
        return start(
            call_attribute(intrusive_ptr<built_object>(this), std::move(*made.call_of_attribute)));
    }
    if (made.in_batch) return start(next_items(intrusive_ptr<built_object>(this), made.most));
    future<value> called =
        (*made.body)(std::move(made.arguments), std::move(made.named), made.called);
    if (!made.negated) return called;
    return std::move(called).then([](value equal) {
        return equal.is(value_kind::boolean) ? value(!equal.boolean()) : equal;
    });
}

bool built_object::fetch_arguments(incoming_call& call, plan& made) {
    const described_type* const wanted = made.body->wanted();
    if (wanted == nullptr ||
        (!may_refer_somewhere(made.arguments) && !may_refer_somewhere(made.named)))
        return false;
    // What does not fit is refused when the function is called.
    const auto all = made.body->arrange(made.arguments, made.named, made.called);
    if (!all || !needs_materializing(value::tuple({all->begin(), all->end()}), wanted->document,
                                     wanted->type)) {
        return false;
    }
    fetch_and_go_on(*this, call, *all, *wanted,
                    [this, made = std::move(made)](incoming_call& resumed, value fetched) mutable {
                        made.arguments = std::move(fetched);
                        made.named = value::map();
                        answer(resumed, std::move(made));
                    });
    return true;
}

void built_object::answer(incoming_call& call, plan made) {
    const auto reply_with = [](reply_sink& reply, result<value>& outcome) {
        if (!outcome) return reply.reject(outcome.error());
        reply.reply_value(std::move(*outcome));
    };
    if (made.body == nullptr && !made.has_steps()) return reply_with(call, made.answer);
    if (!made.has_steps() && !made.body->may_wait()) {
        call.enter_handler();
        result<value> outcome = carry_out(made).result();
        call.leave_handler();
        return reply_with(call, outcome);
    }
    answer_later(
        *this, call,
        [this, made = std::move(made)](const call_options&) mutable { return carry_out(made); },
        reply_with);
}

void built_object::perform(incoming_call& call) noexcept {
    plan made = prepare(*call.request);
    if (made.body != nullptr && fetch_arguments(call, made)) return;
    answer(call, std::move(made));
}

} // namespace
} // namespace detail

object_builder::object_builder(std::string type_name, std::string doc)
    : parts_(std::make_unique<detail::object_parts>()) {
    parts_->type = std::move(type_name);
    parts_->doc = std::move(doc);
}

object_builder::~object_builder() = default;
object_builder::object_builder(object_builder&&) noexcept = default;
object_builder& object_builder::operator=(object_builder&&) noexcept = default;

object_builder& object_builder::method(std::string name, callable body, std::string doc) & {
    std::string called = concat(parts_->type, '.', name);
    parts_->methods.insert_or_assign(
        std::move(name),
        detail::object_parts::method{std::move(body), std::move(doc), std::move(called)});
    return *this;
}

object_builder& object_builder::attribute(std::string name, value content) & {
    detail::object_parts::attribute made;
    made.content = std::move(content);
    parts_->attributes.insert_or_assign(std::move(name), std::move(made));
    return *this;
}

object_builder& object_builder::variable(std::string name, value initial) & {
    attribute(name, std::move(initial));
    parts_->attributes.find(name)->second.is_writable = true;
    return *this;
}

object_builder& object_builder::property(std::string name, callable get, callable set) & {
    detail::object_parts::attribute made;
    made.get = std::move(get);
    made.set = std::move(set);
    parts_->attributes.insert_or_assign(std::move(name), std::move(made));
    return *this;
}

object_builder& object_builder::otherwise(callable body) & {
    parts_->otherwise = std::move(body);
    return *this;
}

object_builder& object_builder::execution(policy how) & {
    parts_->execution = how;
    return *this;
}

object object_builder::build() {
    auto made = make_counted<detail::built_object>(std::exchange(*parts_, detail::object_parts{}));
    return object(intrusive_ptr<object_core>(std::move(made)));
}

object make_function(callable body, std::string name, std::string doc, policy execution) {
    detail::object_parts parts;
    parts.type = "function";
    parts.doc = doc;
    parts.execution = execution;
    parts.nature = servant::nature::function;
    parts.attributes["__name__"].content = value(name);
    const std::string text =
        name.empty() ? std::string("<function>") : concat("<function ", name, '>');
    parts.methods["__repr__"] = {callable([text] { return text; }), {}, "__repr__"};
    parts.methods["__call__"] = {std::move(body), std::move(doc), name.empty() ? "function" : name};
    return object(intrusive_ptr<object_core>(make_counted<detail::built_object>(std::move(parts))));
}

} // namespace beckon
