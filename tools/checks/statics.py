"""Statics of the library that are destroyed when the process ends.

Threads of a runtime may run on while `main` has returned and statics are destroyed: what they use has to stay. So the library
makes such objects with `new` and leaves them: `static const auto& none = *new const std::string;`.
Usage: statics.py LIBRARY... | --self-test
"""
import re
import subprocess
import sys

import tree

FUNCTION = re.compile(r"^[0-9a-f]+ <(.*)>:$")
# What registers a destructor for the end of the process; that of a thread is another one.
REGISTERS = re.compile(r"\b__cxa_atexit\b")


def found_in(disassembly):
    """The functions that register a destructor."""
    function, found = "", set()
    for line in disassembly.splitlines():
        if begins := FUNCTION.match(line):
            function = begins[1]
        elif REGISTERS.search(line) and "__cxa_atexit" not in function:
            found.add(function)
    return found


def check(library):
    made = subprocess.run(["objdump", "-drC", "--no-show-raw-insn", library], capture_output=True, check=True)
    functions = found_in(made.stdout.decode(errors="replace"))
    return [f"{library}: {each}: has a static with a destructor; make it with new, and leave it" for each in sorted(functions)]


def self_test():
    planted = """
0000000000000000 <good()>:
   4: call 9 <good()+0x9>
      5: R_X86_64_PLT32 __cxa_thread_atexit-0x4
0000000000000010 <bad()>:
  14: call 19 <bad()+0x9>
     15: R_X86_64_PLT32 __cxa_atexit-0x4
"""
    if found_in(planted) != {"bad()"}:
        print(f"statics: the planted breach was not seen, or another one: {found_in(planted)}", file=sys.stderr)
        return 1
    print("statics: the planted breach was seen")
    return 0


def main():
    if "--self-test" in sys.argv[1:]:
        return self_test()
    breaches = [breach for library in sys.argv[1:] for breach in check(library)]
    return tree.report("statics", breaches, f"{len(sys.argv) - 1} libraries leave their statics in place")


if __name__ == "__main__":
    sys.exit(main())
