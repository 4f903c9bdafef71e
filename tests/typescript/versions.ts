/** Two versions of an interface: what can talk does, both ways; what cannot says why. */

import * as beckon from "./beckon/node.js";
import { equal, fails, isTrue, run } from "./check.js";
import * as later from "./new_version.js";
import * as earlier from "./old_version.js";
import { broken } from "./versions_data.js";

const Gone = "gone";

class OldOffice implements earlier.OfficeServant {
  moved: [earlier.Machine, earlier.Mood] | undefined;

  find(name: string): earlier.Machine {
    if (name === Gone) throw new earlier.Broken({ name });
    return { name, load: 3n };
  }
  move(machine: earlier.Machine, mood: earlier.Mood): void {
    this.moved = [machine, mood];
  }
  async watch(watcher: earlier.Watcher | null): Promise<void> {
    await watcher?.onLoad({ name: "m", load: 1n });
  }
}

class NewOffice implements later.OfficeServant {
  find(name: string): later.Machine {
    return later.makeMachine({ name, load: 3n });
  }
  move(): void {}
  async watch(watcher: later.Watcher | null): Promise<void> {
    await watcher?.onLoad(later.makeMachine({ name: "m", load: 1n }));
  }
  count(): bigint {
    return 1n;
  }
}

async function withOffice<R extends beckon.Ref>(
  here: beckon.RefClass<R>,
  there: beckon.Ref,
  use: (office: R) => Promise<unknown>,
): Promise<void> {
  const server = new beckon.Server({ office: there });
  const session = await beckon.connect(
    await server.listen("tcp://127.0.0.1:0"),
  );
  try {
    await use(await session.get(here, "office"));
  } finally {
    await session.close();
    await server.close();
  }
}

await run({
  async a_new_caller_fills_in_what_an_old_callee_does_not_know() {
    const servant = new OldOffice();
    const there = beckon.lend(earlier.Office, servant);
    await withOffice(later.Office, there, async (office) => {
      equal(await office.find("m"), {
        name: "m",
        load: 3n,
        mood: later.Mood.Busy,
        tags: ["new"],
      });
      const machine = later.makeMachine({ name: "m", load: 1n });
      await office.move(machine, later.Mood.Busy);
      equal(servant.moved, [{ name: "m", load: 1n }, earlier.Mood.Busy]);
      const error = await fails(office.find(Gone), later.Broken);
      equal(error.fields, { name: Gone, since: 5n });
      await fails(office.count(), beckon.UnknownMethodError);
      await fails(office.move(machine, later.Mood.Broken), beckon.BeckonError);
    });
  },
  async an_old_caller_skips_what_a_new_callee_says() {
    const there = beckon.lend(later.Office, new NewOffice());
    await withOffice(earlier.Office, there, async (office) => {
      equal(await office.find("m"), { name: "m", load: 3n });
      const heard: earlier.Machine[] = [];
      await office.watch({ onLoad: (machine) => void heard.push(machine) });
      equal(heard, [{ name: "m", load: 1n }]);
    });
  },
  async what_cannot_talk_says_why_both_ways() {
    isTrue(broken.length > 5);
    const never = async (): Promise<void> => isTrue(false, "they talk");
    for (const { office, words } of broken) {
      const why = new RegExp(`another version of Office: .*${words}`);
      const old = beckon.lend(earlier.Office, new OldOffice());
      const other = beckon.lend(office as beckon.RefClass<beckon.Ref>, {});
      await fails(
        withOffice(office as beckon.RefClass<beckon.Ref>, old, never),
        beckon.SchemaMismatchError,
        why,
      );
      await fails(
        withOffice(earlier.Office, other, never),
        beckon.SchemaMismatchError,
        why,
      );
    }
  },
  async another_interface_is_none_of_them() {
    const watcher = beckon.lend(earlier.Watcher, { onLoad: () => {} });
    await fails(
      withOffice(earlier.Office, watcher, async () => {}),
      beckon.SchemaMismatchError,
      /is a Watcher, the peer expects a Office/,
    );
  },
  async descriptions_that_cannot_be_read_are_refused() {
    const told = earlier.Office.$interface;
    isTrue(told !== undefined);
    const whole = told?.description ?? new Uint8Array();
    const magic = [0x42, 0x4b, 0x53, 1];
    for (const content of [
      [],
      magic,
      [...magic, 0xff, 0xff, 0xff, 0xff],
      [...magic, 1, 0, 0, 0, 1, 0, 0, 0, 0xff],
      [...whole.slice(0, 60)],
    ]) {
      if (told !== undefined) told.description = Uint8Array.from(content);
      const there = beckon.lend(earlier.Office, new OldOffice());
      await fails(
        withOffice(later.Office, there, async () => {}),
        beckon.SchemaMismatchError,
        /has a schema that cannot be read: schema: /,
      );
    }
    if (told !== undefined) told.description = whole;
  },
});
