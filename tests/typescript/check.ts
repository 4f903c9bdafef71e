/** The least that tests need. */

declare const process: { exit(status: number): void };

/** Whether two values are the same: numbers as Object.is has it, objects by their classes and all that they hold. */
export function isSame(a: unknown, b: unknown): boolean {
  if (
    typeof a !== "object" ||
    a === null ||
    typeof b !== "object" ||
    b === null
  ) {
    return Object.is(a, b);
  }
  if (a === b) return true;
  if (a.constructor !== b.constructor) return false;
  if (a instanceof Map || a instanceof Set)
    return isSame([...a], [...(b as Set<unknown>)]);
  const left = Object.entries(a);
  const right = b as Record<string, unknown>;
  return (
    left.length === Object.keys(b).length &&
    left.every(([key, value]) => isSame(value, right[key]))
  );
}

function shown(value: unknown): string {
  const plain = (_key: string, each: unknown): unknown =>
    typeof each === "bigint"
      ? `${each}n`
      : each instanceof Map || each instanceof Set
        ? [...each]
        : each;
  return typeof value === "object"
    ? JSON.stringify(value, plain)
    : String(value);
}

export function equal(found: unknown, expected: unknown): void {
  if (!isSame(found, expected))
    throw new Error(`found ${shown(found)}, expected ${shown(expected)}`);
}

export function isTrue(found: boolean, what = "it is not so"): void {
  if (!found) throw new Error(what);
}

/** What a promise or a function fails with, which must be of a class, and whose message must match. */
export async function fails<E extends Error>(
  run: Promise<unknown> | (() => unknown),
  type: abstract new (...args: never[]) => E,
  words = /(?:)/,
): Promise<E> {
  let found: unknown;
  try {
    found = await (typeof run === "function" ? run() : run);
  } catch (error) {
    isTrue(
      error instanceof type,
      `found ${String(error)}, expected a ${type.name}`,
    );
    isTrue(
      words.test((error as Error).message),
      `found ${String(error)}, expected ${String(words)}`,
    );
    return error as E;
  }
  throw new Error(
    `nothing was thrown but ${shown(found)} was given, expected a ${type.name}`,
  );
}

/** Waits for what another side does. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  what = "it",
): Promise<void> {
  const last = performance.now() + 20_000;
  while (!(await isSo())) {
    if (performance.now() > last) throw new Error(`${what} has not come about`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Runs tests one after another, and tells a line for each. */
export async function results(
  tests: Readonly<Record<string, () => void | Promise<void>>>,
  tell: (line: string) => void,
): Promise<void> {
  for (const [name, test] of Object.entries(tests)) {
    try {
      await test();
      tell(`ok ${name}`);
    } catch (error) {
      tell(`failed ${name}: ${String(error).replace(/\n/g, " ")}`);
      console.error((error as Error).stack);
    }
  }
}

/** The same for programs of Node: prints the lines. What a failed test has left open does not keep the program. */
export async function run(
  tests: Readonly<Record<string, () => void | Promise<void>>>,
): Promise<void> {
  let isFine = true;
  await results(tests, (line) => {
    isFine = isFine && line.startsWith("ok ");
    console.log(line);
  });
  if (!isFine) process.exit(1);
}
