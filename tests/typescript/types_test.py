# peer: typescript
"""What `beckon compile --typescript` makes, and the runtime, as the compiler sees them: strict, and wrong uses are shown."""
import os
import re
import shutil
import subprocess
import tempfile
import unittest

import generated

WRONG = """import * as beckon from "./beckon/index.js";
import { Conformance, Mood, type Item, type ListenerServant } from "./conformance.js";
export async function use(service: Conformance, item: Item): Promise<void> {
  await service.add(2, 3n);
  const text: number = await service.whoami();
  const first: string = [...(await service.wordCount("a")).keys()][0];
  await service.restock({ ...item, mood: "busy" }, 1n);
  await service.callBack({ onEvent: (sequence: number) => sequence }, 1n);
  for await (const number of service.countTo(5n)) text + number;
  await beckon.pipelined(service).makeCounter(5n).decrement(1n);
  await beckon.pipelined(service).whoami();
  const listener: ListenerServant = { onEvent: (sequence, text) => console.log(sequence + 1, text) };
  beckon.lend(Conformance, listener);
  await service.sleep(5n, { timout: 5 });
  const mood: Mood = Mood.Sad;
  await service.callBack({ onEvent: (_sequence, _text, call) => call.check() }, 1n, { timeout: 5 });
  void [first, listener, mood];
}
"""


class Types(unittest.TestCase):
    def lines_of(self, name, text):
        """Lines at which the compiler complains."""
        with tempfile.TemporaryDirectory() as folder:
            for each in ("beckon", "conformance.ts", "conformance_schema.ts", "tsconfig.json", "package.json"):
                source = os.path.join(generated.FOLDER, each)
                if os.path.isdir(source):
                    shutil.copytree(source, os.path.join(folder, each), ignore=shutil.ignore_patterns("*.js"))
                else:
                    shutil.copy(source, folder)
            generated.write(folder, name, text)
            done = subprocess.run([generated.TSC, "-p", folder, "--noEmit"], capture_output=True, text=True)
            self.assertEqual([line for line in done.stdout.splitlines() if "beckon/" in line], [])
            return sorted({int(line) for line in re.findall(rf"{name}\((\d+),", done.stdout)}), done.stdout

    def test_show_wrong_uses(self):
        lines, output = self.lines_of("wrong.ts", WRONG)
        self.assertEqual(lines, [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], output)

    def test_a_browser_loads_nothing_of_node(self):
        """From index.js on, over all that is imported."""
        seen, left = set(), ["index.js"]
        while left:
            name = left.pop()
            seen.add(name)
            with open(os.path.join(generated.FOLDER, "beckon", name), encoding="utf-8") as file:
                imported = re.findall(r'from "([^"]+)"', file.read())
            self.assertTrue(all(each.startswith("./") for each in imported), imported)
            left += [each[2:] for each in imported if each[2:] not in seen]
        self.assertGreater(len(seen), 20)
        self.assertFalse([name for name in seen if "node" in name or name == "server.js"])


if __name__ == "__main__":
    unittest.main()
