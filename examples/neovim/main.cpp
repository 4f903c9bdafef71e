// Neovim as a library: a buffer is filled and read, its events arrive, and the editor asks this program a question and
// waits for the answer.
#include <condition_variable>
#include <iostream>
#include <mutex>
#include <string>
#include <vector>

#include <beckon/msgpackrpc.hpp>

namespace {

/// What the editor may call here: the methods of the object that is published as this program's root.
class assistant {
public:
    /// `rpcrequest(channel, "complete", word)`: the editor waits.
    std::string complete(const std::string& word) { return word + "ful"; }

    /// The event of a buffer that changed: told, not asked.
    void lines_changed(const beckon::value& buffer, std::int64_t first, std::int64_t last,
                       const std::vector<std::string>& lines) {
        const std::lock_guard lock(mutex_);
        seen_ = beckon::concat(beckon::dynamic(buffer).type_name(), ": lines ", first, " to ", last,
                               " are now ", lines.size());
        changed_.notify_all();
    }

    std::string wait_for_change() {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, std::chrono::seconds(10), [this] { return !seen_.empty(); });
        return seen_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::string seen_;
};

} // namespace

int main(int count, char** arguments) {
    const char* const endpoint =
        count > 1 ? arguments[1] : "msgpack+exec:nvim --embed --headless --clean -n";
    try {
        assistant helper;
        beckon::object_builder shown("Assistant");
        shown.method("complete", [&](const std::string& word) { return helper.complete(word); });
        shown.method(
            "nvim_buf_lines_event",
            [&](const beckon::value& buffer, const beckon::value& /*tick*/, std::int64_t first,
                std::int64_t last, const std::vector<std::string>& lines,
                bool /*more follows*/) { helper.lines_changed(buffer, first, last, lines); });
        shown.method("nvim_buf_changedtick_event", [](beckon::value, beckon::value) {});

        beckon::connect_options options;
        options.published = std::make_shared<beckon::publications>();
        options.published->publish("assistant", shown.build().core());

        const auto conversation = beckon::connect(endpoint, options);
        const beckon::msgpackrpc::neovim editor(conversation.root());

        // A buffer is an object: its methods are the functions nvim_buf_...
        const beckon::dynamic buffer = editor.call("get_current_buf");
        buffer.call("attach", false, beckon::value::map());
        buffer.attr("set_lines")(0, -1, false, std::vector<std::string>{"to be", "or not to be"});
        for (const auto& line :
             buffer.attr("get_lines")(0, -1, false).as<std::vector<std::string>>())
            std::cout << line << '\n';
        std::cout << helper.wait_for_change() << '\n';

        // The editor asks, and waits for the answer before it ends our call.
        const auto word = editor.call(
            "eval", beckon::concat("rpcrequest(", editor.channel(), ", 'complete', 'beauti')"));
        std::cout << word.as<std::string>() << '\n';

        try {
            editor.call("buf_line_count", 999);
        } catch (const beckon::remote_error& thrown) {
            std::cout << thrown.type_name() << ": " << thrown.message() << '\n';
        }
        return 0;
    } catch (const beckon::exception& thrown) {
        std::cerr << thrown.what() << '\n';
        return 1;
    }
}
