#!/usr/bin/env python3
"""Finds what a source uses of the precompiled headers' content without including it.

Builds precompile cmake/precompiled.hpp, so their compilers do not miss a forgotten include; a user's build without it does.
Names of the standard library that are known here must come with a header that the file includes, itself or through files
of ours. Of names that every header brings along (std::string, std::size_t) nothing is asked.

With --self-test it plants a forgotten include and fails unless it sees it.
"""
import functools
import os
import re
import sys
import tempfile

import tree

TOPS = ("include/", "src/", "tools/", "tests/", "examples/", "bench/")
ALGORITHMS = """adjacent_find all_of any_of binary_search clamp copy copy_backward copy_if copy_n count count_if equal
 equal_range fill fill_n find find_end find_first_of find_if find_if_not for_each for_each_n generate generate_n includes
 inplace_merge is_permutation is_sorted lexicographical_compare lower_bound make_heap max max_element merge min min_element
 minmax minmax_element mismatch next_permutation none_of nth_element partial_sort partition partition_point pop_heap push_heap
 remove_copy remove_copy_if remove_if replace replace_copy replace_if reverse reverse_copy rotate rotate_copy sample search
 search_n set_difference set_intersection set_union shuffle sort sort_heap stable_partition stable_sort swap_ranges transform
 unique unique_copy upper_bound"""
NAMES = {
    "algorithm": ALGORITHMS.split(),
    "atomic": ["atomic", "atomic_bool", "atomic_flag", "atomic_thread_fence", "memory_order"],
    "chrono": ["chrono"],
    "cstring": ["memchr", "memcmp", "memcpy", "memmove", "memset", "strchr", "strcmp", "strerror", "strlen"],
    "functional": ["bind", "function", "invoke", "mem_fn", "ref"],
    "map": ["map", "multimap"],
    "mutex": ["call_once", "lock_guard", "mutex", "once_flag", "recursive_mutex", "scoped_lock", "unique_lock"],
    "optional": ["nullopt", "optional"],
    "span": ["as_bytes", "as_writable_bytes", "span"],
    "variant": ["get_if", "holds_alternative", "monostate", "variant", "visit"],
    "vector": ["vector"],
}
HEADER = {name: header for header, names in NAMES.items() for name in names}
USED = re.compile(r"\bstd::(ranges::)?(" + "|".join(sorted(HEADER, key=len, reverse=True)) + r")\b(?!::[a-z_]*_iterator)")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.M)
COMMENT_OR_TEXT = re.compile(r'//[^\n]*|R"(\w*)\((?:.|\n)*?\)\1"|"(?:\\.|[^"\\\n])*"')


class sources:
    """The files below a folder, and what each brings along."""

    def __init__(self, root):
        self.root = root
        self.files = {path for path in tree.all_files(root) if path.endswith(tree.CPP) and path.startswith(TOPS)}

    @functools.cache
    def text(self, path):
        return tree.read(self.root, path)

    def find(self, source, written):
        beside = os.path.normpath(os.path.join(os.path.dirname(source), written))
        for path in (beside, "include/" + written, "src/" + written, "tests/" + written, "tools/" + written):
            if path in self.files:
                return path
        return None

    @functools.cache
    def brought(self, path):
        """Headers that are not ours, of this file and of all of ours that it includes."""
        seen, strangers, waiting = set(), set(), [path]
        while waiting:
            at = waiting.pop()
            if at in seen:
                continue
            seen.add(at)
            for found in INCLUDE.finditer(self.text(at)):
                ours = self.find(at, found.group(2))
                if ours:
                    waiting.append(ours)
                else:
                    strangers.add(found.group(2))
        return strangers


def check(root):
    """Returns the breaches and how many files were read."""
    all_of_ours = sources(root)
    breaches = []
    for path in sorted(all_of_ours.files):
        brought = all_of_ours.brought(path)
        code = COMMENT_OR_TEXT.sub(lambda found: "\n" * found.group(0).count("\n"), all_of_ours.text(path))
        told = set()
        for found in USED.finditer(code):
            header = HEADER[found.group(2)]
            if header in brought or header in told:
                continue
            told.add(header)
            line = code.count("\n", 0, found.start()) + 1
            breaches.append(f"{path}:{line}: {found.group(0)} without <{header}>, which only the precompiled header brings")
    return breaches, len(all_of_ours.files)


def self_test():
    with tempfile.TemporaryDirectory() as root:
        def plant(path, text):
            os.makedirs(os.path.dirname(f"{root}/{path}"), exist_ok=True)
            with open(f"{root}/{path}", "w", encoding="utf-8") as file:
                file.write(text)
        plant("include/beckon/has.hpp", "#include <algorithm>\n")
        plant("src/good.cpp", '#include "beckon/has.hpp"\n// std::variant\nint i = std::max(1, 2);\n')
        plant("src/bad.cpp", "#include <vector>\nint i = std::max(1, 2);\n")
        breaches, read = check(root)
        if read != 3 or len(breaches) != 1 or not breaches[0].startswith("src/bad.cpp:2: std::max without <algorithm>"):
            print(f"includes: the planted breach was not seen, or another one: {breaches}", file=sys.stderr)
            return 1
    print("includes: the planted breach was seen")
    return 0


def main():
    if "--self-test" in sys.argv[1:]:
        return self_test()
    breaches, read = check(tree.ROOT)
    return tree.report("includes", breaches, f"{read} files include what they use")


if __name__ == "__main__":
    sys.exit(main())
