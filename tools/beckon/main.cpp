// beckon: the command. Each subcommand stands in a file of its own.
#include <CLI/CLI.hpp>

#include <algorithm>
#include <iterator>

#include "beckon/object/exception.hpp"
#include "beckon/value/value.hpp"
#include "command.hpp"
#include "reach.hpp"

namespace {

/// The subcommand's options first, then "--", then what is left: so arguments such as -2 are not taken for options,
/// and options may stand anywhere.
std::vector<std::string> options_first(const CLI::App& subcommand,
                                       const std::vector<std::string>& given) {
    std::vector<std::string> options;
    std::vector<std::string> others;
    for (std::size_t i = 0; i < given.size(); ++i) {
        const std::string& each = given[i];
        if (each == "--") {
            others.insert(others.end(), given.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                          given.end());
            break;
        }
        const std::string name = each.substr(0, each.find('='));
        const CLI::Option* const known =
            name.size() > 1 && name[0] == '-' ? subcommand.get_option_no_throw(name) : nullptr;
        if (known == nullptr) {
            const bool option_like = each.size() > 2 && each.starts_with("--");
            (option_like ? options : others).push_back(each);
            continue;
        }
        options.push_back(each);
        const bool takes_value = known->get_expected_max() > 0 && known->get_type_size_max() > 0;
        if (takes_value && name.size() == each.size() && i + 1 < given.size())
            options.push_back(given[++i]);
    }
    if (!others.empty()) options.emplace_back("--");
    std::move(others.begin(), others.end(), std::back_inserter(options));
    return options;
}

std::vector<std::string> arranged(const CLI::App& app, int argc, char** argv) {
    std::vector<std::string> all(argv + 1, argv + argc);
    if (all.empty()) return all;
    if (all[0].starts_with('-')) return all;
    const auto named =
        app.get_subcommands([&](const CLI::App* each) { return each->get_name() == all[0]; });
    if (named.empty())
        command::fail_usage(beckon::concat("there is no subcommand ", beckon::quoted(all[0])));
    std::vector<std::string> out{all[0]};
    all.erase(all.begin());
    std::ranges::move(options_first(*named[0], all), std::back_inserter(out));
    return out;
}

} // namespace

namespace {

int run(int argc, char** argv) {
    using command::status;
    CLI::App app("Live objects over any wire: serve, call and describe them.", "beckon");
    app.set_version_flag("--version", "beckon " BECKON_VERSION);
    app.require_subcommand(1);
    app.footer("Exit status: 0 success, 1 the call failed, 2 wrong usage, 3 no connection.");
    command::add_serve(app);
    command::add_call(app);
    command::add_jobs(app);
    command::add_ls(app);
    command::add_describe(app);
    command::add_discover(app);
    command::add_compile(app);
    command::add_print(app);
    command::add_bridge(app);
    command::add_keys(app);
    command::add_replay(app);
    command::add_bench(app);
    command::add_completion(app);

    const bool as_json =
        std::find(argv + 1, argv + argc, std::string_view("--json")) != argv + argc;
    const auto end_with = [&](status ends_with, const beckon::error& what) {
        command::report(what, as_json);
        return static_cast<int>(ends_with);
    };
    try {
        std::vector<std::string> arguments = arranged(app, argc, argv);
        std::ranges::reverse(arguments); // as CLI11 wants them
        app.parse(arguments);
        return static_cast<int>(status::ok);
    } catch (const CLI::Success& asked) {
        return app.exit(asked); // --help, --version
    } catch (const CLI::ParseError& wrong) {
        return end_with(status::wrong_usage,
                        beckon::error(beckon::errc::invalid_argument,
                                      std::string(wrong.what()) + "; see beckon --help"));
    } catch (const command::told_failure& failed) {
        return static_cast<int>(failed.ends_with);
    } catch (const command::failure& failed) {
        return end_with(failed.ends_with, failed.what);
    } catch (const beckon::exception& failed) {
        return end_with(status::failed, failed.failure());
    } catch (const beckon::value_error& failed) {
        return end_with(status::failed, failed.failure());
    } catch (const std::exception& failed) {
        return end_with(status::failed, beckon::error(beckon::errc::internal, failed.what()));
    }
}

} // namespace

int main(int argc, char** argv) {
    const int ends_with = run(argc, argv);
    command::await_farewells();
    return ends_with;
}
