#include "beckon/transport/http/http.hpp"

#include <utility>

#include "transport/http/client_stream.hpp"
#include "transport/http/server_stream.hpp"

namespace beckon::transport::http {

namespace {

/// Every connection of the listener below, with HTTP over it.
class listener final : public io::listener {
public:
    listener(std::shared_ptr<const server_rules> rules, std::unique_ptr<io::listener> below,
             bool secure)
        : rules_(std::move(rules)), below_(std::move(below)), local_(below_->local_endpoint()) {
        local_.transport = secure ? "https" : "http";
        local_.address += rules_->path;
    }

    result<std::unique_ptr<io::byte_stream>> accept() override {
        BECKON_ASSIGN(auto accepted, below_->accept());
        if (accepted == nullptr) return accepted;
        auto made = server_stream::create(rules_, std::move(accepted));
        // For want of descriptors, which others give back: the listener goes on.
        if (!made) return fail(errc::overloaded, made.error().message());
        return made;
    }
    [[nodiscard]] int descriptor() const noexcept override { return below_->descriptor(); }
    [[nodiscard]] const io::endpoint& local_endpoint() const noexcept override { return local_; }
    void close() noexcept override { below_->close(); }

private:
    const std::shared_ptr<const server_rules> rules_;
    const std::unique_ptr<io::listener> below_;
    io::endpoint local_;
};

} // namespace

result<std::unique_ptr<io::byte_stream>> connect(const io::endpoint& where,
                                                 const io::connect_options& options, dialer below) {
    BECKON_ASSIGN(const io::host_address at, io::parse_host_address(where, std::uint16_t(0)));
    std::string host = at.host.find(':') == std::string::npos ? at.host : concat("[", at.host, "]");
    if (at.port != 0) host += concat(":", at.port);
    std::string asks =
        concat("POST ", beckon::http::target_of(at.path), " HTTP/1.1\r\nHost: ", host,
               "\r\nContent-Type: application/json\r\nAccept: application/json\r\n"
               "Content-Length: ");
    BECKON_ASSIGN(auto carrier, below(options));
    return client_stream::create(std::move(carrier), std::move(below), options, std::move(asks));
}

result<std::unique_ptr<io::listener>> listen(const io::endpoint& where,
                                             const io::listen_options& options, opener below) {
    BECKON_ASSIGN(const io::host_address at, io::parse_host_address(where, std::uint16_t(0)));
    auto rules = std::make_shared<server_rules>();
    rules->path = beckon::http::target_of(at.path);
    if (rules->path.find('?') != std::string::npos) {
        return fail(errc::invalid_argument, "path ", quoted(at.path),
                    " of a listener has a query; expected a path alone");
    }
    BECKON_ASSIGN(const std::uint64_t idle, where.number_option("idle", 60, 0, 86'400));
    rules->idle = std::chrono::seconds(idle);
    rules->head_within = options.handshake_within;
    rules->message_within = options.message_within;
    rules->min_message_progress = options.min_message_progress;
    rules->cors = beckon::http::origin_policy::from(where.option("cors"), at.host);
    rules->max_message_bytes = options.max_message_bytes;
    rules->log = options.log;
    BECKON_ASSIGN(auto carrier, below(options));
    const bool secure = carrier->local_endpoint().transport == "tls";
    return std::unique_ptr<io::listener>(
        std::make_unique<listener>(std::move(rules), std::move(carrier), secure));
}

} // namespace beckon::transport::http
