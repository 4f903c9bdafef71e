#include "generate/doc_lines.hpp"

namespace beckon::generate {

std::vector<std::string> doc_lines(std::string_view doc, std::size_t most) {
    std::vector<std::string> out;
    while (!doc.empty()) {
        const std::size_t end = doc.find('\n');
        std::string_view line = doc.substr(0, end);
        doc.remove_prefix(end == std::string_view::npos ? doc.size() : end + 1);
        while (line.size() > most) {
            std::size_t at = line.rfind(' ', most);
            if (at == std::string_view::npos || line.find_first_not_of(' ') > at) break;
            out.emplace_back(line.substr(0, at));
            line.remove_prefix(line.find_first_not_of(' ', at));
        }
        out.emplace_back(line);
    }
    return out;
}

} // namespace beckon::generate
