#include "every_protocol/published.hpp"

#include <map>
#include <memory>

#include "every_protocol/objects.hpp"

namespace every_protocol {

std::string_view to_string(origin what) noexcept {
    switch (what) {
    case origin::typed: return "typed";
    case origin::by_schema: return "by schema";
    case origin::built: return "built";
    case origin::described: return "built and described";
    case origin::from_native: return "from a native peer";
    case origin::from_rpyc: return "from an rpyc peer";
    case origin::from_jsonrpc: return "from a jsonrpc peer";
    }
    return {};
}

published& published::of(origin what) {
    static std::map<origin, std::unique_ptr<published>> all;
    auto& made = all[what];
    if (!made) made = std::make_unique<published>(what);
    return *made;
}

published::published(origin what) {
    const auto from = [this](const std::string& prefix) {
        upstream_.emplace();
        upstream_->publish("every", typed_object());
        const std::string real = upstream_->listen(prefix + "tcp://127.0.0.1:0");
        to_upstream_ = beckon::connect(real);
        return beckon::object(to_upstream_.get<Every>("every"));
    };
    const auto object = [&]() -> beckon::object {
        switch (what) {
        case origin::typed: return typed_object();
        case origin::by_schema: return object_by_schema();
        case origin::built: return built_object();
        case origin::described: return described_object();
        case origin::from_native: return from("");
        case origin::from_rpyc: return from("rpyc+");
        case origin::from_jsonrpc: return from("jsonrpc+");
        }
        return {};
    };
    server_.publish("every", object());
    const std::string real = server_.listen("any+tcp://127.0.0.1:0");
    at_ = real.substr(real.find("tcp://"));
}

std::string published::endpoint(const way& by) const {
    return beckon::concat(by.prefix, at_, by.options);
}

bool published::refuses(origin what, const row& asked) {
    return what == origin::from_jsonrpc && asked.is_refused(spoken::jsonrpc);
}

} // namespace every_protocol
