// A client of a bridge and its own connection to the other side, where objects pass and not messages.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "beckon/service/connect.hpp"
#include "service/bridge/far_names.hpp"
#include "service/crossing.hpp"

namespace beckon::bridging {

/// The two conversations know each other: each shows what the other's peer has, and ends with it.
///
/// Thread-safety: all functions, from any thread.
class link final : public far_shore, public std::enable_shared_from_this<link> {
public:
    [[nodiscard]] static std::shared_ptr<link> make(const std::shared_ptr<known_types>& types);
    ~link() override; ///< Ends what is left.
    link(const link&) = delete;
    link& operator=(const link&) = delete;

    /// Connects to the other side and learns what there is. Waits for that. What fails is the answer to the client's first
    /// call too, and then its conversation ends.
    /// `given_up`: see io::connect_options; whoever gives up closes this too.
    result<void>
    reach(const std::string& there, const connect_options& options,
          function<std::unique_ptr<io::byte_stream>(std::unique_ptr<io::byte_stream>)> around,
          std::shared_ptr<const io::ready_flag> given_up);
    /// Ends both conversations.
    void close(error why);

    /// What it gives keeps this.
    [[nodiscard]] intrusive_ptr<servant> show(const protocol& spoken) override;
    [[nodiscard]] const std::shared_ptr<publications>& told() const noexcept override {
        return told_;
    }

private:
    explicit link(const std::shared_ptr<known_types>& types);
    /// The client is there; its calls are let in after this.
    void client_came(const connected& client);
    void client_went();
    void server_went(const session& which);
    /// A conversation with the other side that is not known to be understood yet.
    void server_began(const intrusive_ptr<session>& which);
    /// A call has been answered with why the other side is not there.
    void client_refused();

    const std::shared_ptr<far_names> server_names_;
    const std::shared_ptr<far_names> client_names_;
    const std::shared_ptr<publications> told_ = std::make_shared<publications>();
    std::mutex mutex_;
    connected server_;
    connected client_;
    std::string there_;
    bool failed_ = false;                       ///< The other side was not reached.
    std::vector<intrusive_ptr<session>> begun_; ///< While it is being reached.
    std::optional<error> closed_;
};

} // namespace beckon::bridging
