/** The native codec's vectors, src/codec/native/vectors.json, through generated code: values, and bytes both ways. */

import * as beckon from "./beckon/index.js";
import { fromHex, toHex } from "./beckon/bytes.js";
import { Reader, type Borrower } from "./beckon/reader.js";
import type { Type } from "./beckon/schema.js";
import { Writer, type Lender } from "./beckon/writer.js";
import { equal, fails, isTrue, run } from "./check.js";
import {
  makeLaterSettings,
  Mood,
  schema,
  Counter,
  type Item,
  type LaterSettings,
} from "./samples.js";
import { vectors } from "./vectors_data.js";

const { CalendarDate, DateTime, Duration, TimeOfDay } = beckon;
const BOLT: Item = {
  ...{ name: "bolt", count: 3n, tags: ["m4", "steel"], at: { x: 1, y: 2 } },
  mood: Mood.Busy,
};
const DEFAULTS: LaterSettings = makeLaterSettings({ name: "n" });
const VALUES: Record<string, unknown> = {
  ...{
    bool_true: true,
    bool_false: false,
    int8: -2,
    uint8: 200,
    int64: -(1n << 63n),
  },
  ...{
    uint64: (1n << 64n) - 1n,
    float64: -1.5,
    float64_infinity: Infinity,
    float64_nan: NaN,
  },
  ...{
    string: "h\u00e9llo",
    bytes: Uint8Array.of(0, 255),
    date: CalendarDate.of(1969, 12, 31),
  },
  time: new TimeOfDay(86_399_999_999_999n),
  datetime: new DateTime(19782, 1n),
  duration: new Duration(-1_500_000_000n),
  ...{
    enum: Mood.Broken,
    optional_empty: null,
    optional_int32: 5,
    list_string: ["a", "bc"],
  },
  ...{ list_bool: [true, false], list_int16: [1, -1], list_float64: [1, 2.5] },
  ...{ list_float64_empty: [], list_uint64: [1n, (1n << 64n) - 1n] },
  ...{
    list_list_int64: [[1n], [], [2n, 3n]],
    record: { x: 1, y: -0 },
    record_nested: BOLT,
  },
  record_of_list: [
    BOLT,
    { name: "", count: 0n, tags: [], at: null, mood: Mood.Calm },
  ],
  record_defaults: DEFAULTS,
  ...{
    reference_null: null,
    any_null: null,
    any_true: true,
    any_integer_least_small: -32n,
  },
  ...{
    any_integer_int8: -33n,
    any_integer_int16: 128n,
    any_integer_big: 1n << 64n,
  },
  ...{
    any_integer_big_negative: -(1n << 64n) - 1n,
    any_float32: new beckon.Float32(0.5),
  },
  ...{
    any_float64: 0.5,
    any_complex: new beckon.Complex(1, -2),
    any_string: "hi",
  },
  ...{
    any_bytes: Uint8Array.of(1, 2),
    any_time: new TimeOfDay(1n),
    any_list: [1n, "x", null],
  },
  ...{ any_list_int8: [1n, -1n, 127n, -128n], any_list_of_lists: [[[]], 1n] },
  any_tuple: new beckon.Tuple([1n, 2n, 3n, 4n]),
  any_set: new Set([1n, "x"]),
  any_frozen_set: new beckon.FrozenSet(new Set([new beckon.Tuple([1n])])),
  any_map: new Map<unknown, unknown>([
    ["a", 1n],
    [2n, new Map()],
  ]),
  any_slice: new beckon.Slice(1n, null, -1n),
  any_enumeration: new beckon.AnyEnum("Mood", "broken", 7n),
  any_variant: new beckon.AnyVariant("a", 5n),
  any_extension: new beckon.Extension(-1n, Uint8Array.of(122)),
};

const counter = beckon.lend(Counter, { increment: (by) => by });

/** Where there is no session: object 1 is a Counter, stream 1 a stream. */
const peer: Lender & Borrower = {
  writeReference(out) {
    out.u8(1);
    out.u32(1);
  },
  readReference(_source, kind, number) {
    if (kind !== 1 || number !== 1) throw new beckon.UnknownObjectError();
    return counter;
  },
  writeStream: (out) => out.u32(1),
  readStream(_source, number) {
    if (number !== 1) throw new beckon.UnknownObjectError();
    return [];
  },
};

function typeOf(number: number): Type {
  const type = schema.interfaceOf("Vectors").method(number).parameters[0]?.type;
  if (type === undefined) throw new Error("a method without its parameter");
  return type;
}

function numberOf(name: string): number {
  return vectors.findIndex((each) => each.name === name);
}

function read(number: number, content: Uint8Array): unknown {
  const source = new Reader(content, schema, peer);
  const value = source.read(typeOf(number));
  source.finish();
  return value;
}

await run({
  are_read_as_the_value_and_written_as_the_bytes() {
    let compared = 0;
    for (const [number, { name, bytes }] of vectors.entries()) {
      const value = read(number, fromHex(bytes));
      if (name in VALUES) {
        equal([name, value], [name, VALUES[name]]);
        compared += 1;
      }
      if (name === "any_stream") continue; // nobody sends one without its type
      const out = new Writer(schema, peer);
      out.write(typeOf(number), value);
      equal([name, toHex(out.bytes())], [name, bytes]);
    }
    equal(compared, Object.keys(VALUES).length);
  },
  async cut_short_are_errors_wherever_they_are_cut() {
    for (const [number, { bytes }] of vectors.entries()) {
      const content = fromHex(bytes);
      for (let size = 0; size < content.length; ++size) {
        await fails(
          () => read(number, content.subarray(0, size)),
          beckon.BeckonError,
        );
      }
    }
  },
  with_any_byte_changed_are_values_or_errors() {
    for (const [number, { bytes }] of vectors.entries()) {
      for (let at = 0; at < Math.min(bytes.length / 2, 48); ++at) {
        for (const byte of [0x00, 0x20, 0x24, 0x7f, 0x80, 0xff]) {
          const changed = fromHex(bytes);
          changed[at] = byte;
          try {
            read(number, changed);
          } catch (error) {
            isTrue(error instanceof beckon.BeckonError, String(error));
          }
        }
      }
    }
  },
  async nothing_is_made_for_a_count_without_bytes() {
    for (const name of [
      "list_string",
      "list_uint8",
      "list_float64",
      "any_list",
    ]) {
      const huge =
        name === "any_list" ? "20ffffffff" : "ffffffff0000000000000000";
      await fails(
        () => read(numberOf(name), fromHex(huge)),
        beckon.BeckonError,
      );
    }
  },
  async nest_to_the_limit_and_no_further() {
    const level = "2001000000";
    const number = numberOf("any_list");
    read(number, fromHex(level.repeat(64) + "00"));
    const deep = (): unknown => read(number, fromHex(level.repeat(65) + "00"));
    await fails(deep, beckon.LimitExceededError, /max_depth, 64/);
  },
  async keys_and_items_are_there_once() {
    const number = numberOf("any_list");
    for (const twice of [
      "2402000000e100e100",
      "2202000000e1e1",
      "220200000020000000002000000000",
    ]) {
      await fails(
        () => read(number, fromHex(twice)),
        beckon.ProtocolError,
        /twice/,
      );
    }
    equal(
      (read(number, fromHex("2202000000e10a000000000000f03f")) as Set<unknown>)
        .size,
      2,
    );
  },
  async records_of_older_and_newer_writers() {
    equal(
      read(numberOf("record_defaults"), fromHex("05000000010000006e")),
      DEFAULTS,
    );
    const newer = fromHex("14000000" + "00".repeat(16) + "6d6f7265");
    equal(read(numberOf("record"), newer), { x: 0, y: 0 });
    await fails(
      () => read(numberOf("record"), fromHex("08000000" + "00".repeat(8))),
      beckon.ProtocolError,
    );
  },
  async what_does_not_fit_is_refused_by_name() {
    const write = (name: string, value: unknown) => () =>
      new Writer(schema, peer).write(typeOf(numberOf(name)), value);
    const wrong = beckon.TypeMismatchError;
    await fails(
      write("int8", 128),
      wrong,
      /found 128, expected int8: a whole number from -128 to 127/,
    );
    await fails(write("int8", 1.5), wrong);
    await fails(
      write("int8", 1n),
      wrong,
      /found bigint, expected a number for int8/,
    );
    await fails(
      write("int64", 1),
      wrong,
      /found number, expected a bigint for int64/,
    );
    await fails(write("string", "\ud800"), wrong, /lone surrogate at 0/);
    await fails(write("enum", 3), wrong, /enum Mood has no value 3/);
    await fails(write("enum", "calm"), wrong, /a value of enum Mood/);
    await fails(
      write("record_nested", { ...BOLT, tags: [1] }),
      wrong,
      /in item 0; in field Item\.tags/,
    );
  },
  times_keep_their_nanoseconds() {
    equal(String(new DateTime(19782, 1n)), "2024-02-29T00:00:00.000000001Z");
    equal(DateTime.of(new Date(-1)), new DateTime(-1, 86_399_999_000_000n));
    equal(DateTime.of(new Date(-1)).toDate(), new Date(-1));
    equal(String(TimeOfDay.of(12, 30, 5, 7)), "12:30:05.000000007");
    equal(String(CalendarDate.of(2024, 2, 29)), "2024-02-29");
    equal(Duration.ofMilliseconds(1.5), new Duration(1_500_000n));
  },
});
