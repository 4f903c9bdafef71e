// The interface of the file browser: directories and files as objects, their contents as streams of bytes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <beckon/beckon.hpp>

namespace files {

enum class Kind : std::int32_t { file, directory, link, other };
BECKON_ENUM(Kind, file, directory, link, other)

struct Entry {
    std::string name;
    Kind kind = Kind::other;
    std::uint64_t size = 0; ///< Bytes; 0 for all but files.
};
BECKON_RECORD(Entry, name, kind, size)

struct File {
    std::string name();
    std::uint64_t size();
    /// The content from a byte on, in blocks.
    beckon::stream<beckon::bytes> read(std::uint64_t from);
    /// Replaces the content; gives the number of bytes written.
    std::uint64_t write(beckon::stream<beckon::bytes> content);
};
BECKON_INTERFACE(File, (name), (size), (read, from), (write, content))

/// Paths are relative, with `/` between names, and lead down only: anything that would leave the served directory, by `..`,
/// by a leading `/` or through a symbolic link, is access_denied.
struct Directory {
    std::vector<Entry> list();
    beckon::ref<Directory> directory(std::string path);
    beckon::ref<File> file(std::string path);
    /// Makes an empty file where there is none.
    beckon::ref<File> create(std::string path);
    beckon::ref<Directory> create_directory(std::string name);
    void remove(std::string name);
};
BECKON_INTERFACE(Directory, (list), (directory, path), (file, path), (create, path),
                 (create_directory, name), (remove, name))

} // namespace files
