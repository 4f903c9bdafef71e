/** Bytes: text, hexadecimal, joining. */

import { TypeMismatchError } from "./errors.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const LONE_SURROGATE = /[\uD800-\uDFFF]/u;

/** @throws TypeMismatchError where a half of a surrogate pair stands alone. */
export function utf8Of(text: string): Uint8Array {
  const found = text.search(LONE_SURROGATE);
  if (found >= 0) {
    throw new TypeMismatchError(
      `a string has no UTF-8: a lone surrogate at ${found}`,
    );
  }
  return encoder.encode(text);
}

/** @throws TypeError where it is no UTF-8. */
export function textOf(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** The same text with lone surrogates replaced. */
export function wellFormed(text: string): string {
  return textOf(encoder.encode(text));
}

/** Bytes from hexadecimal digits; white space between them is skipped. */
export function fromHex(digits: string): Uint8Array {
  const dense = digits.replace(/\s+/g, "");
  const out = new Uint8Array(dense.length / 2);
  for (let at = 0; at < out.length; ++at) {
    out[at] = Number.parseInt(dense.slice(2 * at, 2 * at + 2), 16);
  }
  return out;
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const only = parts[0];
  if (parts.length === 1 && only !== undefined) return only;
  const out = new Uint8Array(
    parts.reduce((size, part) => size + part.length, 0),
  );
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** The same bytes as what copies when it is sliced: a Buffer of Node's does not. */
export function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
