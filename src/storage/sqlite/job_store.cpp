#include "beckon/storage/sqlite/job_store.hpp"

#include <sqlite3.h>

#include <initializer_list>
#include <utility>

namespace beckon::storage::sqlite {

namespace {

/// Bound to one run of a statement.
class run {
public:
    explicit run(sqlite3_stmt* prepared) noexcept : prepared_(prepared) {}
    run(const run&) = delete;
    run& operator=(const run&) = delete;
    ~run() {
        sqlite3_reset(prepared_);
        sqlite3_clear_bindings(prepared_);
    }

    void bind(int at, std::string_view text) noexcept {
        sqlite3_bind_text64(prepared_, at, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
    }
    void bind(int at, job_time when) noexcept { sqlite3_bind_double(prepared_, at, when.count()); }
    void bind(int at, byte_view content) noexcept {
        sqlite3_bind_blob64(prepared_, at, content.data(), content.size(), SQLITE_STATIC);
    }
    [[nodiscard]] int step() noexcept { return sqlite3_step(prepared_); }

    [[nodiscard]] std::string text(int at) const {
        const auto* const from = reinterpret_cast<const char*>(sqlite3_column_text(prepared_, at));
        const auto size = static_cast<std::size_t>(sqlite3_column_bytes(prepared_, at));
        return from == nullptr ? std::string() : std::string(from, size);
    }
    [[nodiscard]] job_time time(int at) const noexcept {
        return job_time(sqlite3_column_double(prepared_, at));
    }
    [[nodiscard]] std::optional<bytes> blob(int at) const {
        if (sqlite3_column_type(prepared_, at) == SQLITE_NULL) return {};
        const auto* const from = static_cast<const std::byte*>(sqlite3_column_blob(prepared_, at));
        const auto size = static_cast<std::size_t>(sqlite3_column_bytes(prepared_, at));
        return bytes(from, from + size);
    }

private:
    sqlite3_stmt* const prepared_;
};

class database final : public job_store {
public:
    explicit database(std::string file) : file_(std::move(file)) {}
    ~database() override {
        for (sqlite3_stmt* const each : {add_, finish_, erase_, load_}) sqlite3_finalize(each);
        sqlite3_close(open_);
    }

    [[nodiscard]] result<void> open() {
        if (sqlite3_open(file_.c_str(), &open_) != SQLITE_OK) return failed("opening");
        sqlite3_extended_result_codes(open_, 1);
        // A server alone: nobody reads half of what another one writes. The journal outlives the process.
        BECKON_TRY(execute("PRAGMA locking_mode = EXCLUSIVE"));
        BECKON_TRY(execute("PRAGMA journal_mode = WAL"));
        BECKON_TRY(execute("PRAGMA synchronous = NORMAL"));
        BECKON_TRY(
            execute("CREATE TABLE IF NOT EXISTS beckon_jobs (id TEXT PRIMARY KEY, owner TEXT "
                    "NOT NULL, method TEXT NOT NULL, begun REAL NOT NULL, forget_at REAL "
                    "NOT NULL, outcome BLOB) WITHOUT ROWID"));
        BECKON_TRY(
            prepare(add_, "INSERT OR REPLACE INTO beckon_jobs VALUES (?, ?, ?, ?, ?, NULL)"));
        BECKON_TRY(
            prepare(finish_, "UPDATE beckon_jobs SET outcome = ?2, forget_at = ?3 WHERE id = ?1"));
        BECKON_TRY(prepare(erase_, "DELETE FROM beckon_jobs WHERE id = ?"));
        return prepare(load_,
                       "SELECT id, owner, method, begun, forget_at, outcome FROM beckon_jobs");
    }

    result<std::vector<stored_job>> load() override {
        std::vector<stored_job> all;
        run rows(load_);
        for (;;) {
            const int came = rows.step();
            if (came == SQLITE_DONE) return all;
            if (came != SQLITE_ROW) return failed("reading");
            all.push_back({.id = rows.text(0),
                           .owner = rows.text(1),
                           .method = rows.text(2),
                           .begun = rows.time(3),
                           .forget_at = rows.time(4),
                           .outcome = rows.blob(5)});
        }
    }
    result<void> add(const stored_job& begun) override {
        run row(add_);
        row.bind(1, begun.id);
        row.bind(2, begun.owner);
        row.bind(3, begun.method);
        row.bind(4, begun.begun);
        row.bind(5, begun.forget_at);
        return done(row);
    }
    result<void> finish(const std::string& id, byte_view outcome, job_time forget_at) override {
        run row(finish_);
        row.bind(1, id);
        row.bind(2, outcome);
        row.bind(3, forget_at);
        return done(row);
    }
    result<void> erase(const std::string& id) override {
        run row(erase_);
        row.bind(1, id);
        return done(row);
    }

private:
    [[nodiscard]] error failed(std::string_view doing) const {
        return fail(errc::io_error, doing, " database ", quoted(file_, 200), ": ",
                    sqlite3_errmsg(open_));
    }
    [[nodiscard]] result<void> done(run& row) const {
        if (row.step() == SQLITE_DONE) return {};
        return failed("writing");
    }
    [[nodiscard]] result<void> execute(const char* statement) const {
        if (sqlite3_exec(open_, statement, nullptr, nullptr, nullptr) == SQLITE_OK) return {};
        return failed("opening");
    }
    [[nodiscard]] result<void> prepare(sqlite3_stmt*& into, const char* statement) const {
        if (sqlite3_prepare_v2(open_, statement, -1, &into, nullptr) == SQLITE_OK) return {};
        return failed("opening");
    }

    const std::string file_;
    sqlite3* open_ = nullptr;
    sqlite3_stmt* add_ = nullptr;
    sqlite3_stmt* finish_ = nullptr;
    sqlite3_stmt* erase_ = nullptr;
    sqlite3_stmt* load_ = nullptr;
};

} // namespace

result<std::unique_ptr<job_store>> open_job_store(const std::string& file) {
    auto made = std::make_unique<database>(file);
    BECKON_TRY(made->open());
    return std::unique_ptr<job_store>(std::move(made));
}

} // namespace beckon::storage::sqlite
