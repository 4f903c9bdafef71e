// Calls every method of the conformance service: matrix_cpp_client ENDPOINT [whole]. Prints `ok METHOD` for each, `refused METHOD: why`
// where the protocol cannot carry what the method takes or gives, or `failed METHOD: why` and ends with 1, as the clients of other
// languages do. By other protocols than the native one each method has a conversation of its own: some end with a call that is
// given up. By remcall it calls the part of the service that is made for it. `whole` is for a bridge: the whole service is there, by
// remcall too, and the far protocol may be any.
#include <cstdio>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "matrix/calls.hpp"

namespace {

[[nodiscard]] bool is_refusal(const beckon::exception& failed) {
    if (failed.code() == beckon::errc::unsupported) return true;
    // As the other side tells it, in its protocol's words.
    return failed.failure().message().find("cannot carry") != std::string::npos;
}

template <typename Interface, typename Check>
int run(const std::string& endpoint, const std::string& name, bool keeps,
        const std::vector<std::pair<std::string_view, Check>>& checks) {
    int status = 0;
    beckon::connected session;
    beckon::ref<Interface> service;
    for (const auto& [method, check] : checks) {
        std::string said = "ok";
        std::string why;
        try {
            if (!service || !keeps) {
                session = beckon::connect(endpoint);
                service = session.get<Interface>(name);
            }
            check(service);
        } catch (const beckon::exception& failed) {
            said = is_refusal(failed) ? "refused" : "failed";
            why = failed.what();
        } catch (const std::exception& failed) {
            said = "failed";
            why = failed.what();
        }
        std::printf("%s %.*s%s%s\n", said.c_str(), static_cast<int>(method.size()), method.data(),
                    why.empty() ? "" : ": ", why.c_str());
        if (said == "failed") status = 1;
    }
    return status;
}

} // namespace

int main(int count, char** words) {
    if (count != 2 && count != 3) return 2;
    const std::string endpoint = words[1];
    const bool keeps = endpoint.find('+') == std::string::npos && count == 2;
    if (endpoint.starts_with("remcall+") && count == 2)
        return run<conformance::remcall::Main>(endpoint, "Main", keeps, matrix::remcall_checks());
    return run<conformance::Conformance>(endpoint, "conformance", keeps, matrix::checks());
}
