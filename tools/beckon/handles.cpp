#include "handles.hpp"

#include "beckon/codec/json.hpp"
#include "beckon/object/peer.hpp"
#include "command.hpp"

namespace command {

namespace {

class shown_handles final : public beckon::handle_forms {
public:
    beckon::result<beckon::value> to_form(const beckon::value& handle) override {
        if (!handle.is(beckon::value_kind::reference)) {
            return beckon::fail(beckon::errc::unsupported,
                                "a stream inside other values has no JSON form");
        }
        const auto& core = static_cast<const beckon::object_core&>(*handle.object());
        beckon::value form = beckon::value::map();
        form.insert_or_assign(
            "$ref", core.is_local() ? 0u : static_cast<const beckon::remote_object&>(core).id());
        std::string name(core.interface_name());
        if (name.empty() && !core.is_local()) {
            const auto& remote = static_cast<const beckon::remote_object&>(core);
            name = remote.session().type_name(remote);
        }
        if (!name.empty()) form.insert_or_assign("interface", name);
        return form;
    }
    beckon::result<beckon::value> from_form(const beckon::value&) override {
        return beckon::fail(beckon::errc::unsupported,
                            "an object of an earlier conversation cannot be named");
    }
};

} // namespace

std::string to_json(const beckon::value& from) {
    shown_handles handles;
    beckon::json::write_options options;
    options.handles = &handles;
    auto text = beckon::json::to_string(from, options);
    if (!text)
        throw failure{status::failed, std::move(text).error().note("printing the result as JSON")};
    return std::move(text).value();
}

} // namespace command
