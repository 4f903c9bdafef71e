"""IDL by seed, full of what generated code stumbles over: words of all languages, types deeper and names longer than a line,
comments that would end comments, empty declarations, defaults of every kind."""
import random

WORDS = """a b id name value x1 _x x_ some_longer_name a_field_with_quite_a_long_name
an_extraordinarily_long_name_that_goes_on_and_on_for_ever class def async await new delete list string in out ref lambda
from is None True yield namespace operator function var let constructor event object params this self std beckon type
match case options call result args kwargs get set static public private await_ toString ToString Equals equals
GetHashCode hash prototype then close print len str int dict typing dataclasses enum datetime schema binary System Task
length symbol default export import interface implements arguments eval undefined NaN super throw catch finally
double float bool char wchar_t auto register signed unsigned template typename concept requires co_await co_yield and
or not xor bitand int64_t errno assert EOF stdin major minor linux unix""".split()
TYPES = """Zed Item Thing ARecordWithARatherLongNameForWhatItHolds Mood Point Some_Odd_name lowercase Q Node Visitor
AVeryLongNameOfATypeThatNobodyWouldEverWantToWriteButDid Callback Error Exception Object Task2 Stream Map Set Array
Promise Date Session Client Server Symbol Record Partial List Dict Optional Union Any Iterator Enum IntEnum String
Int64 Boolean Number Action Func Type Guid Version Call Ref Value""".split()
DOCS = ["Short.", "A longer line of documentation that goes on past the end of what formatters take, really; and on.",
        "with */ inside", 'with """ inside', "ends with backslash \\", "<b>html</b> & {@link X} {curly} @param x",
        '"quoted"', "é ü 漢字 unicode", "", "  indented", "* star", "# hash", "a\tb", "%s {} $x ${y} `z`", "'",
        'ends with quote "', "/// more", "/* open", "??/", "\\u0041 \\n \\x"]
BASIC = """bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64 string bytes date time datetime duration
any""".split()
KEYS = "bool int8 int32 int64 uint64 string bytes date time datetime duration".split()
LITERALS = {
    "bool": ["true", "false"], "duration": ["0s", "250ms", "-3h", "1ns"], "bytes": ['""', '"ab"', '"\\x00\\xff\'\\""'],
    "float": ["0", "1", "-2.5", "1e30", "1e-9", "inf", "-inf", "nan", "0.1", "123456789"], "any": ["null"],
    "string": ['""', '"it\'s \\"q\\""', '"\\n\\t\\x00"', '"%d {x} ${y} `z`"', '"é漢"', '"\\\\"',
               '"a text that is long enough for a line of its own, which some formatters break and some do not break"'],
}


class Schema:
    def __init__(self, seed):
        self.random = random.Random(seed)
        names = self.random.sample(TYPES, self.random.randint(4, 14))
        kinds = ["enum", "record", "interface", "exception"]
        kinds += [self.random.choice(["enum", "record", "record", "interface", "interface"]) for _ in names[4:]]
        self.kinds = dict(zip(names, kinds))
        self.values = {name: self.words(self.random.choice([1, 2, 5, 12])) for name in self.of("enum")}

    def of(self, kind):
        return [name for name, its in self.kinds.items() if its == kind]

    def words(self, count):
        out = {}
        while len(out) < count:
            word = "_".join(self.random.sample(WORDS, self.random.choice([1, 1, 1, 2])))
            out.setdefault(word.lower().replace("_", ""), word)  # no two become one in any language
        return list(out.values())

    def type(self, depth, records):
        if depth <= 0 or self.random.random() < 0.35:
            kind = self.random.choice(["basic", "basic", "enum", "record", "interface"])
            if kind == "basic" or (kind == "record" and not records):
                return self.random.choice(BASIC)
            return self.random.choice(records if kind == "record" else self.of(kind))
        kind = self.random.choice(["optional", "list", "map", "tuple", "variant"])
        if kind == "optional":
            held = self.type(depth - 1, records)
            return held if held == "any" or held.startswith("optional<") else f"optional<{held}>"
        if kind == "list":
            return f"list<{self.type(depth - 1, self.of('record'))}>"
        if kind == "map":
            key = self.random.choice(KEYS + self.of("enum"))
            return f"map<{key}, {self.type(depth - 1, self.of('record'))}>"
        inner = [self.type(depth - 1, records) for _ in range(self.random.choice([1, 1, 2, 2, 3, 6, 9]))]
        if kind == "tuple":
            return f"tuple<{', '.join(inner)}>"
        return f"variant<{', '.join(f'{name}: {each}' for name, each in zip(self.words(len(inner)), inner))}>"

    def depth(self):
        return self.random.choice([0, 0, 0, 1, 1, 2, 3, 4, 6])

    def literal(self, type):
        choose = self.random.choice
        if type.startswith(("int", "uint")):
            return choose(["0", "1", "100"])
        if type.startswith("optional<"):
            return choose(["null", self.literal(type[9:-1]) or "null"])
        if type.startswith("list<"):
            items = [] if "optional<" in type else [self.literal(type[5:-1]) for _ in range(choose([0, 1, 2, 8, 30]))]
            return "[]" if None in items else f"[{', '.join(items)}]"
        if type.startswith("map<"):
            return "{}"
        found = self.values.get(type) or LITERALS.get("float" if type.startswith("float") else type)
        return choose(found) if found else None

    def doc(self, margin):
        count = self.random.choice([0, 0, 0, 1, 2])
        return "".join(f"{margin}/// {self.random.choice(DOCS)}\n" for _ in range(count))

    def fields(self, records):
        out, has_default = "", False
        for name in self.words(self.random.choice([0, 1, 2, 4, 8, 14])):
            type = self.type(self.depth(), records)
            has_default = has_default or self.random.random() < 0.15
            value = self.literal(type) if has_default else None
            if has_default and value is None:
                type, value = f"list<{type}>", "[]"
            out += f"{self.doc('  ')}  {type} {name}{f' = {value}' if has_default else ''};\n"
        return out

    def methods(self):
        out = ""
        for name in self.words(self.random.choice([1, 3, 6, 15, 40])):
            records = self.of("record")
            parameters = [f"{self.type(self.depth(), records)} {each}" for each in self.words(self.random.choice([0, 1, 2, 5, 10]))]
            if parameters and self.random.random() < 0.1:
                parameters[0] = f"stream<{self.type(2, records)}> first_of_all"
            inner = self.type(self.depth(), records)
            result = self.random.choice(["void", inner, inner, f"stream<{inner}>"])
            raises = f" raises {self.of('exception')[0]}" if self.random.random() < 0.3 else ""
            out += f"{self.doc('  ')}  {result} {name}({', '.join(parameters)}){raises};\n"
        return out

    def text(self):
        out = []
        records = self.of("record")
        for name, kind in self.kinds.items():
            if kind == "enum":
                body = "".join(f"{self.doc('  ')}  {value},\n" for value in self.values[name])
            elif kind == "interface":
                body = self.methods()
            else:  # a record holds by value those before it
                body = self.fields(records[:records.index(name)] if kind == "record" else records)
            out.append(f"{self.doc('')}{kind} {name} {{\n{body}}}\n")
        return "\n".join(out)


def make(seed):
    return Schema(seed).text()
