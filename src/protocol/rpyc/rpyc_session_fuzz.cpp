// A peer that does whatever the input says, at a whole session that shows it objects of every kind and uses those that it is
// lent. Nothing may crash, hang, grow or be left over.
//
// The first byte chooses how: as server or client, threads bound or not, and whether the frames go as they are or are led
// to where they do more: references to objects of ours that there are not become references to some that there are, and
// answers to nothing become answers to what was asked. So recorded sessions, which name the objects of their day, are
// worth something, and so is what a fuzzer makes of them.
#include <map>
#include <set>

#include "beckon/base/assert.hpp"
#include "protocol/rpyc/everything_test.hpp"
#include "protocol/rpyc/heard_test.hpp"
#include "protocol/rpyc/lone_session_test.hpp"
#include "protocol/rpyc/rpyc_protocol.hpp"

namespace {

using namespace beckon;
using namespace beckon::rpyc;
using rpyc::testing::as_mentioned;
using rpyc::testing::lone_session;
using rpyc::testing::mentioned;

struct mode {
    bool client = false;
    bool bound = false;
    bool raw = false;
    bool compress = false;

    explicit mode(std::uint8_t chosen)
        : client((chosen & 1) != 0), bound((chosen & 2) != 0), raw((chosen & 4) != 0),
          compress((chosen & 8) != 0) {}
};

/// References as messages have them; those that the peer says are ours are led to what there is.
class led final : public identity_exchange {
public:
    std::vector<std::string> ours; ///< What was lent to the peer, as it was named.
    bool sender_is_us = false;

    result<lent_reference> lend(referent* object) override {
        const auto& one = static_cast<const mentioned&>(*object);
        return lent_reference{!one.is_ours, as_bytes(one.id_pack)};
    }
    result<lent_reference> lend_container(const value& container) override {
        return fail(errc::unsupported, container.type_name(), " is no part of a message");
    }
    result<value> come_home(const id_pack& pack) override {
        return make(!sender_is_us, sender_is_us ? named(pack) : real(as_text(pack.encoded)));
    }
    result<value> borrow(const id_pack& pack) override {
        if (sender_is_us) ours.push_back(named(pack));
        return make(sender_is_us, named(pack));
    }
    [[nodiscard]] std::string real(std::string_view pack) const {
        if (ours.empty()) return std::string(pack);
        for (const std::string& each : ours) {
            if (each == pack) return each;
        }
        std::size_t sum = 0;
        for (const char letter : pack) sum = sum * 31 + static_cast<unsigned char>(letter);
        return ours[sum % ours.size()];
    }

private:
    [[nodiscard]] static std::string named(const id_pack& pack) {
        return std::string(as_text(pack.encoded));
    }
    [[nodiscard]] static value make(bool is_ours, std::string pack) {
        return value(intrusive_ptr<referent>(make_counted<mentioned>(is_ours, std::move(pack))));
    }
};

class conversation {
public:
    explicit conversation(mode chosen) : mode_(chosen) {
        limits_.max_message_bytes = 64u << 10;
        limits_.min_decoded_bytes = 1u << 16;
        limits_.max_exports = 64;
        limits_.max_calls_in_flight = 8;
        limits_.max_call_bytes = 1u << 17;
        limits_.max_unsent_bytes = 1u << 20;
        options how;
        how.bind_threads = chosen.bound;
        how.compress = chosen.compress;
        session_options others;
        others.limits = limits_;
        const object root = rpyc::testing::make_everything();
        session_.emplace(make_rpyc_protocol(how).value(),
                         intrusive_ptr<servant>(static_cast<servant*>(root.core().get())),
                         std::move(others));
        if (mode_.client) use(object(intrusive_ptr<object_core>((*session_)->root())), true);
    }
    ~conversation() {
        check_tables();
        asked_.clear();
    }

    void run(byte_view input) {
        if (mode_.raw) return feed_pieces(input);
        frame_reader frames(limits_);
        while (!session_->is_over() && !input.empty()) {
            const auto taken = frames.take(input);
            if (!taken || taken->bytes == 0) return feed_pieces(input);
            const byte_view frame = input.first(taken->bytes);
            if (!feed_led(taken->message)) feed(frame);
            input = input.subspan(taken->bytes);
        }
    }

private:
    /// As it is, in the pieces that a driver would make of it: what makes no whole message waits for more.
    void feed_pieces(byte_view input) {
        constexpr std::size_t most = 4096;
        std::size_t given = 0;
        while (given < input.size() && !session_->is_over()) {
            const std::size_t piece = std::min(most, input.size() - given);
            if (frame_size(input) > given + piece) {
                given += piece;
                if (given < input.size()) continue;
            } else {
                given += piece;
            }
            const std::size_t used = session_->feed(input.first(given));
            listen();
            input = input.subspan(used);
            given -= used;
            if (used == 0 && given == input.size()) return;
        }
    }
    void feed(byte_view frame) {
        static_cast<void>(session_->feed(frame));
        listen();
    }

    /// The same message, led; false where it can only go as it is.
    bool feed_led(byte_view message) {
        layout laid_out{dialect::v6, mode_.bound};
        const auto spoken = dialect_of(message, mode_.bound);
        if (!spoken) return false;
        laid_out.dialect = *spoken;
        auto head = read_envelope(message, laid_out, limits_);
        if (!head) return false;
        brine::reader& body = head->body;
        const byte_view brine = message.last(body.offset() + body.left());
        const std::size_t start = begin_frame(out_);
        if (head->kind == message_kind::request) {
            put_envelope(out_, laid_out, head->kind, head->sequence, head->threads);
            if (!lead_request(body, brine)) return out_.truncate(start), false;
        } else {
            buffer sequence;
            brine::put_integer(sequence, asked_number(head->number.value_or(0)));
            put_envelope(out_, laid_out, head->kind, sequence.view(), head->threads);
            if (head->kind == message_kind::exception) {
                out_.append(brine.last(body.left()));
            } else {
                refs_.sender_is_us = false;
                const auto content = unbox(body, brine, refs_);
                if (!content || !box(out_, *content, refs_)) return out_.truncate(start), false;
            }
        }
        if (!finish_frame(out_, start, false, limits_.max_message_bytes))
            return out_.truncate(start), false;
        feed(out_.view());
        out_.clear();
        return true;
    }

    bool lead_request(brine::reader& body, byte_view brine) {
        const auto asked = read_handler(body);
        if (!asked) return false;
        refs_.sender_is_us = false;
        auto content = unbox(body, brine, refs_);
        if (!content) return false;
        if (*asked == static_cast<int>(handler::inspect) && content->is(value_kind::tuple) &&
            content->size() == 1) {
            buffer pack;
            if (brine::write(pack, (*content)[0])) {
                const auto real = brine::read(as_bytes(refs_.real(as_text(pack.view()))), limits_);
                if (real) content = value::tuple({*real});
            }
        }
        brine::put_tuple(out_, 2);
        brine::put_integer(out_, *asked);
        return box(out_, *content, refs_).has_value();
    }
    /// The number of a request of ours that waits.
    [[nodiscard]] std::int64_t asked_number(std::int64_t said) const {
        if (awaited_.empty() || awaited_.contains(said)) return said;
        auto at = awaited_.begin();
        std::advance(at, static_cast<std::uint64_t>(said) % awaited_.size());
        return *at;
    }

    /// What our side has written since: it must be in order, and its answers no more than what was asked.
    void listen() {
        const bytes all = session_->output();
        byte_view rest = all;
        limits usual;
        usual.max_message_bytes = 64u << 20;
        frame_reader frames(usual);
        while (!rest.empty()) {
            const auto taken = frames.take(rest);
            BECKON_ASSERT(taken.has_value() && taken->bytes != 0, "what we send is no frame");
            rest = rest.subspan(taken->bytes);
            hear(taken->message, usual);
        }
        look_at_results();
        check_tables();
    }
    void hear(byte_view message, const limits& usual) {
        const auto spoken = dialect_of(message, mode_.bound);
        BECKON_ASSERT(spoken.has_value(), "what we send has no dialect");
        auto head = read_envelope(message, {*spoken, mode_.bound}, usual);
        BECKON_ASSERT(head.has_value(), "what we send cannot be read");
        brine::reader& body = head->body;
        const byte_view brine = message.last(body.offset() + body.left());
        if (head->kind == message_kind::exception) {
            BECKON_ASSERT(read_exception(body).has_value(), "our exception cannot be read");
            return;
        }
        if (head->kind == message_kind::request) {
            brine::reader sequence(head->sequence, usual);
            awaited_.insert(sequence.get_integer());
            if (awaited_.size() > 32) awaited_.erase(awaited_.begin());
            BECKON_ASSERT(read_handler(body).has_value(), "our request cannot be read");
        }
        refs_.sender_is_us = true;
        BECKON_ASSERT(unbox(body, brine, refs_).has_value(), "our message cannot be unboxed");
        while (refs_.ours.size() > 64) refs_.ours.erase(refs_.ours.begin());
    }

    /// Uses what the peer shows, as a program of ours would.
    void use(const object& theirs, bool is_root) {
        static constexpr operation without_arguments[] = {operation::to_repr, operation::hash,
                                                          operation::names, operation::describe};
        if (is_root) return ask(theirs, {.what = operation::root});
        ask(theirs, {.what = without_arguments[used_ % 4]});
        switch (used_ % 6) {
        case 0: ask(theirs, {.what = operation::get_attribute, .name = "x"}); break;
        case 1: ask(theirs, {.what = operation::call, .arguments = value::list({1, "a"})}); break;
        case 2:
            ask(theirs, {.what = operation::call_method,
                         .name = "add",
                         .arguments = value::list({value(theirs), value::list({1})}),
                         .named = value::map({{"k", value::set({1})}})});
            break;
        case 3: ask(theirs, {.what = operation::next_items, .arguments = value::list({10})}); break;
        case 4:
            ask(theirs, {.what = operation::compare,
                         .name = "__eq__",
                         .arguments = value::list({value(theirs)})});
            break;
        default:
            ask(theirs,
                {.what = operation::is_instance, .arguments = value::list({value(theirs)})});
        }
        ++used_;
    }
    void ask(const object& of, dynamic_request request) {
        asked_.push_back(operate(of, std::move(request)));
        if (asked_.size() > 8) asked_.erase(asked_.begin()); // given up
    }
    void look_at_results() {
        for (std::size_t i = 0; i < asked_.size();) {
            if (!asked_[i].ready()) {
                ++i;
                continue;
            }
            const result<value> outcome = asked_[i].result();
            asked_.erase(asked_.begin() + static_cast<std::ptrdiff_t>(i));
            if (outcome && outcome->is(value_kind::reference) && used_ < 20)
                use(outcome->as<object>(), false);
        }
        session_->settle();
    }

    void check_tables() {
        const session_stats now = (*session_)->stats();
        BECKON_ASSERT(now.exports <= limits_.max_exports, "exports stay within their limit");
        BECKON_ASSERT(now.imports <= limits_.max_exports + limits_.max_calls_in_flight,
                      "imports stay within their limit");
    }

    const mode mode_;
    limits limits_;
    led refs_;
    buffer out_;
    std::optional<lone_session> session_;
    std::set<std::int64_t> awaited_;
    std::vector<future<value>> asked_; ///< Goes before the session.
    std::size_t used_ = 0;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
    if (size == 0) return 0;
    conversation held{mode(input[0])};
    held.run(byte_view(reinterpret_cast<const std::byte*>(input + 1), size - 1));
    return 0;
}
