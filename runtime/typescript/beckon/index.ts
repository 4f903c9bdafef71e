/**
 * Beckon for TypeScript: live objects over the native protocol, in browsers and in Node. What
 * `beckon compile --typescript` makes stands on this. Programs of Node import node.js instead, which has sockets besides.
 */

export { equal as equalBytes, fromHex, toHex } from "./bytes.js";
export { Call, type CallOptions } from "./call.js";
export type { Channel, Listener } from "./channel.js";
export { connect, connectBy, type ConnectOptions } from "./connect.js";
export type { ServiceInfo } from "./directory.js";
export {
  AccessDeniedError,
  AddressInUseError,
  BeckonError,
  CancelledError,
  DeclaredError,
  DisconnectedError,
  InternalError,
  InvalidArgumentError,
  IoError,
  LimitExceededError,
  NotFoundError,
  OverloadedError,
  ParseError,
  ProtocolError,
  RemoteError,
  SchemaMismatchError,
  TimeoutError,
  TypeMismatchError,
  UnknownMethodError,
  UnknownObjectError,
  UnsupportedError,
  WouldDeadlockError,
} from "./errors.js";
export type { Hello } from "./frames.js";
export type { StreamSource } from "./later_stream.js";
export {
  cast,
  lend,
  pipelined,
  Ref,
  released,
  servantOf,
  type Awaitable,
  type Pipelined,
  type RefClass,
  type ServantOf,
} from "./objects.js";
export { release } from "./remote.js";
export { readSchema, type Schema } from "./schema.js";
export type { Authenticator, Session } from "./session.js";
export {
  AnyEnum,
  AnyException,
  AnyRecord,
  AnyVariant,
  CalendarDate,
  Complex,
  DateTime,
  Duration,
  Extension,
  Float32,
  FrozenSet,
  Slice,
  TimeOfDay,
  Tuple,
} from "./values.js";
