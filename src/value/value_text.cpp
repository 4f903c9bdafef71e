// Values as text for people: messages, logs, debuggers.
#include "beckon/value/iso8601.hpp"
#include "value/node.hpp"

namespace beckon {

using detail::form;
using detail::value_access;

std::string_view to_string(value_kind kind) noexcept {
    constexpr std::string_view names[] = {
        "null",   "bool",    "integer",   "float",     "complex",    "string",
        "bytes",  "list",    "tuple",     "set",       "frozen set", "map",
        "slice",  "date",    "time",      "datetime",  "duration",   "enum",
        "record", "variant", "exception", "reference", "stream",     "extension"};
    const auto index = static_cast<std::size_t>(kind);
    return index < std::size(names) ? names[index] : "unknown";
}

namespace {

// A declared name is a peer's word: shown in quotes unless it is a plain name.
std::string plain_or_quoted(std::string_view name) {
    constexpr std::string_view letters =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.";
    if (!name.empty() && name.size() <= 64 &&
        name.find_first_not_of(letters) == std::string_view::npos) {
        return std::string(name);
    }
    return quoted(name);
}

} // namespace

std::string value::type_name() const {
    switch (form()) {
    case form::int64: return "int64";
    case form::uint64: return "uint64";
    case form::big_integer: return "integer beyond 64 bits";
    case form::float64: return "float64";
    case form::float32: return "float32";
    case form::enumeration:
    case form::record:
    case form::exception: {
        const std::string_view declared = declared_type();
        std::string name(to_string(kind()));
        if (!declared.empty()) name += concat(' ', plain_or_quoted(declared));
        return name;
    }
    case form::reference:
    case form::stream: {
        const std::string_view interface = object()->interface_name();
        std::string name(to_string(kind()));
        if (!interface.empty()) name += concat(" to ", plain_or_quoted(interface));
        return name;
    }
    default: return std::string(to_string(kind()));
    }
}

namespace {

// Writes values until the text is long enough; containers in progress wait in a list, not on the stack.
class text_writer {
public:
    explicit text_writer(std::size_t most) : most_(most) {}

    std::string write(const value& root) {
        write_one(root);
        while (!open_.empty() && out_.size() <= most_) {
            container& top = open_.back();
            if (top.next == top.end) {
                out_ += top.closing;
                open_.pop_back();
                continue;
            }
            const bool pairs = top.style != style::items;
            const bool is_key = pairs && top.written % 2 == 0;
            if (top.written != 0) out_ += pairs && !is_key ? ": " : ", ";
            ++top.written;
            const value& item = *top.next++;
            if (is_key && top.style == style::fields) {
                out_ += plain_or_quoted(value_access::text(item));
            } else {
                write_one(item); // `top` may be gone after this
            }
        }
        if (out_.size() > most_) {
            out_.resize(most_); // quoted text is ASCII, so no character is cut in two
            out_ += "...";
        }
        return std::move(out_);
    }

private:
    enum class style { items, pairs, fields };
    struct container {
        const value* next;
        const value* end;
        std::string_view closing;
        text_writer::style style;
        std::size_t written;
    };

    void open(std::string_view opening, std::span<const value> items, std::string_view closing,
              style as = style::items) {
        out_ += opening;
        open_.push_back({items.data(), items.data() + items.size(), closing, as, 0});
    }

    void write_number(double number) {
        const std::size_t before = out_.size();
        append_text(out_, number);
        if (out_.find_first_not_of("-0123456789", before) == std::string::npos) out_ += ".0";
    }

    void write_quoted(std::string_view text) { out_ += quoted(text, most_); }

    void write_one(const value& item) {
        switch (value_access::form_of(item)) {
        case form::null: out_ += "null"; break;
        case form::boolean: append_text(out_, item.boolean()); break;
        case form::int64:
        case form::uint64: out_ += item.decimal(); break;
        case form::big_integer:
            if (item.big_magnitude().size() > 256) {
                out_ += concat("<integer of ", item.big_magnitude().size(), " bytes>");
            } else {
                out_ += item.decimal();
            }
            break;
        case form::float64: write_number(item.float64()); break;
        case form::float32: {
            const auto narrow = static_cast<float>(item.float64());
            append_text(out_, narrow);
            break;
        }
        case form::date: out_ += to_iso8601(item.date()); break;
        case form::time: out_ += to_iso8601(item.time()); break;
        case form::datetime: out_ += to_iso8601(item.datetime()); break;
        case form::duration: out_ += to_iso8601(item.duration()); break;
        case form::small_string:
        case form::string: write_quoted(item.string()); break;
        case form::small_bytes:
        case form::bytes:
            out_ += 'b';
            write_quoted(as_text(item.bytes()));
            break;
        case form::list: open("[", item.items(), "]"); break;
        case form::tuple: open("(", item.items(), item.size() == 1 ? ",)" : ")"); break;
        case form::set: open("set{", item.items(), "}"); break;
        case form::frozen_set: open("frozen_set{", item.items(), "}"); break;
        case form::map: open("{", value_access::items(item), "}", style::pairs); break;
        case form::slice: open("slice(", item.bounds(), ")"); break;
        case form::complex: open("complex(", value_access::items(item), ")"); break;
        case form::enumeration:
            out_ +=
                concat(plain_or_quoted(item.declared_type()), '.', plain_or_quoted(item.name()));
            break;
        case form::record:
            out_ += plain_or_quoted(item.declared_type());
            open("{", value_access::items(item).subspan(1), "}", style::fields);
            break;
        case form::variant:
            out_ += plain_or_quoted(item.name());
            open("(", {&item.content(), 1}, ")");
            break;
        case form::exception: {
            // Type, text, arguments, fields, trace: the fields say more than the arguments.
            const auto parts = value_access::items(item);
            out_ += plain_or_quoted(parts[0].string());
            out_ += '(';
            write_quoted(parts[1].string());
            if (parts[3].empty()) {
                out_ += ')';
            } else {
                open(", ", parts.subspan(3, 1), ")");
            }
            break;
        }
        case form::extension:
            out_ += concat("extension ", item.number());
            open("(", {&item.content(), 1}, ")");
            break;
        case form::reference:
        case form::stream: out_ += concat('<', item.type_name(), '>'); break;
        }
    }

    std::size_t most_;
    std::string out_;
    std::vector<container> open_;
};

} // namespace

std::string value::to_text(std::size_t most) const { return text_writer(most).write(*this); }

} // namespace beckon
