// beckon completion: what shells need to complete the command's words.
#include <CLI/CLI.hpp>

#include "command.hpp"

namespace command {

namespace {

std::string options_of(const CLI::App& app) {
    std::string words;
    for (const CLI::Option* each : app.get_options()) {
        for (const std::string& name : each->get_lnames()) words += " --" + name;
        for (const std::string& name : each->get_snames()) words += " -" + name;
    }
    return words.empty() ? words : words.substr(1);
}

std::string bash_script(const CLI::App& app) {
    std::string cases;
    std::string names;
    for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
        names += (names.empty() ? "" : " ") + sub->get_name();
        cases += "        " + sub->get_name() + ") words=\"" + options_of(*sub) + "\" ;;\n";
    }
    return "# Bash completion of beckon: source <(beckon completion bash)\n"
           "_beckon() {\n"
           "    local words current=${COMP_WORDS[COMP_CWORD]}\n"
           "    case ${COMP_WORDS[1]} in\n" +
           cases +
           "    esac\n"
           "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
           "        words=\"" +
           names + " " + options_of(app) +
           "\"\n"
           "    elif [[ $current != -* ]]; then\n"
           "        words=\n"
           "    fi\n"
           "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
           "}\n"
           "complete -o default -F _beckon beckon\n";
}

} // namespace

void add_completion(CLI::App& app) {
    auto* const sub =
        app.add_subcommand("completion", "Print a script that completes words in a shell.");
    auto shell = std::make_shared<std::string>();
    sub->add_option("shell", *shell, "bash")->required();
    sub->callback([shell, &app] {
        if (*shell != "bash") fail_usage("there is completion for bash; found \"" + *shell + "\"");
        print(bash_script(app));
    });
}

} // namespace command
