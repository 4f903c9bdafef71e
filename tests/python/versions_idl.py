"""Versions of an interface: one that its neighbour can talk to, and others that cannot be talked to, with what is said of them."""

OLD = """
enum Mood { calm, busy }
record Machine { string name; int64 load; }
exception Broken { string name; }
interface Watcher { void on_load(Machine machine); }
interface Office {
  Machine find(string name) raises Broken;
  void move(Machine machine, Mood mood);
  void watch(Watcher watcher);
}
"""
NEW = """
enum Mood { calm, busy, broken = 7 }
record Machine { string name; int64 load; Mood mood = busy; list<string> tags = ["new"]; }
exception Broken { string name; int64 since = 5; }
interface Watcher { void on_load(Machine machine); void on_end(); }
interface Office {
  Machine find(string called) raises Broken;
  void move(Machine machine, Mood mood);
  void watch(Watcher watcher);
  int64 count();
}
"""
BROKEN = {
    "reordered": (OLD.replace("string name; int64 load;", "int64 load; string name;"),
                  "record Machine, field 1: is (name there, load|load there, name) here"),
    "retyped": (OLD.replace("int64 load", "list<int64> load"), "field load: is (int64|list<int64>) there"),
    "renumbered": (OLD.replace("calm, busy", "calm = 3, busy"), "enum Mood, value calm: is [03] there and [03] here"),
    "replaced": (OLD.replace("calm, busy", "calm, hectic"), "enum Mood, value 1: is (busy there, hectic|hectic there, busy) here"),
    "demanding": (OLD.replace("int64 load; }", "int64 load; string more; }"), "field more: is at one side alone, without a default"),
    "longer": (OLD.replace("Mood mood)", "Mood mood, bool fast)"), "method move: has [23] parameters there"),
    "oneway": (OLD.replace("void watch", "oneway void watch"), "method watch: one side waits for a reply"),
    "inserted": (OLD.replace("void move", "void stop(); void move"), "interface Office, method 2: is (move|stop) there"),
    "swapped": (OLD.replace("Machine machine, Mood mood", "Machine mood, Mood machine"), "parameter 1: is"),
    "thrown": (OLD.replace("Broken { string name;", "Broken { int64 name;"), "exception Broken, field name: is"),
    "reached": (OLD.replace("on_load(Machine machine)", "on_load(Machine machine, int64 at)"), "interface Watcher, method on_load"),
}

# Descriptions of an interface that end too soon, or hold what there is not.
UNREADABLE = [
    b"", b"BKS\1", b"BKS\2" + bytes(16), b"BKS\1\xff\xff\xff\xff", b"BKS\1\1\0\0\0\1\0\0\0\xff" + bytes(100),
    # an interface O with a method f, whose result is a type that is not there, and one that is too deep
    b"BKS\1" + bytes(12) + b"\1\0\0\0\1\0\0\0O\1\0\0\0\1\0\0\0f\0\0\0\0\0" + bytes([19]),
    b"BKS\1" + bytes(12) + b"\1\0\0\0\1\0\0\0O\1\0\0\0\1\0\0\0f\0\0\0\0\0" + bytes([21]) * 5000,
]
