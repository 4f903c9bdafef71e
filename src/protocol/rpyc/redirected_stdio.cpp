#include "beckon/protocol/rpyc/redirected_stdio.hpp"

#include <istream>
#include <memory>
#include <ostream>

#include "beckon/object/object_builder.hpp"
#include "beckon/object/python_errors.hpp"

namespace beckon::rpyc {

namespace {

/// Characters as Python counts them.
[[nodiscard]] std::int64_t length_of(std::string_view text) noexcept {
    std::int64_t count = 0;
    for (const char each : text) count += (static_cast<unsigned char>(each) & 0xc0) != 0x80 ? 1 : 0;
    return count;
}

/// What all text files have.
[[nodiscard]] object_builder text_file(const std::string& name, bool readable) {
    object_builder made("TextStream");
    made.execution(policy::serial);
    made.attribute("name", concat("<", name, ">"));
    made.attribute("mode", readable ? "r" : "w");
    made.attribute("encoding", "utf-8");
    made.attribute("errors", "strict");
    made.attribute("newlines", value());
    made.attribute("closed", false);
    made.attribute("line_buffering", true);
    made.method("readable", callable([readable] { return readable; }));
    made.method("writable", callable([readable] { return !readable; }));
    made.method("seekable", callable([] { return false; }));
    made.method("isatty", callable([] { return false; }));
    made.method("flush", callable([] {}));
    made.method("fileno", callable([]() -> std::int64_t {
                    throw python::os_error(
                        "the stream is on another machine and has no descriptor");
                }));
    return made;
}

[[nodiscard]] object output(const std::string& name,
                            const std::function<void(std::string_view)>& put) {
    object_builder made = text_file(name, false);
    made.method("write", callable([put](const std::string& text) {
                    put(text);
                    return length_of(text);
                }));
    made.method("writelines", callable([put](const dynamic& lines) {
                    for (const dynamic& each : lines) put(each.as<std::string>());
                }));
    return made.build();
}

/// Lines as they come, and what was asked for in smaller pieces.
class input_lines {
public:
    explicit input_lines(std::function<std::optional<std::string>()> next)
        : next_(std::move(next)) {}

    [[nodiscard]] std::string line(std::optional<std::int64_t> at_most) {
        if (left_.empty()) left_ = next_().value_or("");
        const std::size_t end = left_.find('\n');
        return cut(end == std::string::npos ? left_.size() : end + 1, at_most);
    }
    [[nodiscard]] std::string all(std::optional<std::int64_t> at_most) {
        const bool bounded = at_most && *at_most >= 0;
        while (!bounded || length_of(left_) < *at_most) {
            auto more = next_();
            if (!more || more->empty()) break;
            left_ += *more;
        }
        return cut(left_.size(), at_most);
    }

private:
    /// So many bytes, or as many characters as are wanted at most.
    [[nodiscard]] std::string cut(std::size_t bytes, std::optional<std::int64_t> at_most) {
        if (at_most && *at_most >= 0) {
            std::size_t end = 0;
            for (std::int64_t count = 0; end < bytes; ++end) {
                const bool begins = (static_cast<unsigned char>(left_[end]) & 0xc0) != 0x80;
                if (begins && ++count > *at_most) break;
            }
            bytes = end;
        }
        std::string taken = left_.substr(0, bytes);
        left_.erase(0, bytes);
        return taken;
    }

    std::function<std::optional<std::string>()> next_;
    std::string left_;
};

[[nodiscard]] object input(std::function<std::optional<std::string>()> next) {
    const auto lines = std::make_shared<input_lines>(std::move(next));
    object_builder made = text_file("stdin", true);
    made.method("readline", [lines](std::optional<std::int64_t> size) { return lines->line(size); },
                {"size"});
    made.method("read", [lines](std::optional<std::int64_t> size) { return lines->all(size); },
                {"size"});
    made.method("readlines", callable([lines] {
                    std::vector<std::string> all;
                    for (std::string each = lines->line({}); !each.empty(); each = lines->line({}))
                        all.push_back(std::move(each));
                    return all;
                }));
    const auto next_line = [lines] {
        std::string each = lines->line({});
        if (each.empty()) throw python::stop_iteration("");
        return each;
    };
    made.method("__next__", callable(next_line));
    made.method("__iter__", callable([next_line] {
                    object_builder iterates("TextStreamLines");
                    iterates.execution(policy::serial);
                    return iterates.method("__next__", callable(next_line)).build();
                }));
    return made.build();
}

[[nodiscard]] stdio_functions functions_of(std::ostream& out, std::ostream& err, std::istream* in) {
    stdio_functions made;
    made.out = [&out](std::string_view text) { out << text << std::flush; };
    made.err = [&err](std::string_view text) { err << text << std::flush; };
    if (in != nullptr) {
        made.in = [in]() -> std::optional<std::string> {
            std::string line;
            if (!std::getline(*in, line)) return std::nullopt;
            if (!in->eof()) line += '\n';
            return line;
        };
    }
    return made;
}

} // namespace

redirected_stdio::redirected_stdio(const classic& python, stdio_functions to)
    : sys_(python.module("sys")) {
    const auto put = [&](const std::string& name, const object& stream) {
        before_.emplace_back(name, sys_.get(name));
        sys_.set(name, stream);
    };
    try {
        if (to.in) put("stdin", input(std::move(to.in)));
        if (to.out) put("stdout", output("stdout", to.out));
        if (to.err) put("stderr", output("stderr", to.err));
    } catch (...) {
        try {
            restore();
        } catch (...) { // the first failure is the one to be told
        }
        throw;
    }
}

redirected_stdio::redirected_stdio(const classic& python, std::ostream& out, std::ostream& err,
                                   std::istream* in)
    : redirected_stdio(python, functions_of(out, err, in)) {}

redirected_stdio::~redirected_stdio() {
    try {
        restore();
    } catch (...) { // the interpreter has gone, most likely
    }
}

void redirected_stdio::restore() {
    while (!before_.empty()) {
        sys_.set(before_.back().first, before_.back().second);
        before_.pop_back();
    }
}

} // namespace beckon::rpyc
