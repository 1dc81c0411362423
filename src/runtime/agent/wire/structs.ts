import { array, oneOf, raw, reserved, struct, text, u16, u32, u64, u8, type ValueOf } from './layout.ts';
import {
  codeKind,
  containerState,
  dimension,
  effect,
  idLength,
  listing,
  mostAncestors,
  origin,
  problem,
  reason,
} from './words.ts';
import { session, verdict } from './words.ts';

// The structs of `native/include/wire.h`, field by field; what each means is said there.

export const header = struct({ length: u32, type: u16, reserved: reserved(2) });

export const sensorHello = struct({ protocol: u16, layout: u16, features: u32, epoch: u64, bootOffset: u64 });

export const container = struct({
  sequence: u64,
  time: u64,
  cgroup: u64,
  state: oneOf(containerState),
  armed: u8,
  reserved: reserved(2),
  policy: u32,
  armUs: u32,
  id: text(idLength),
});

export const armedContainer = struct({
  cgroup: u64,
  since: u64,
  policy: u32,
  version: u32,
  mechanisms: u16,
  problem: oneOf(problem),
  id: text(idLength),
});

export const file = struct({ device: u32, mode: u32, inode: u64, ctime: u64, size: u64 });
/** A file as the kernel knows it: `ctime` in nanoseconds, `device` as `major << 20 | minor`. */
export type WireFile = ValueOf<typeof file>;

export const ancestor = struct({ pid: u32, reserved: reserved(4), start: u64 });

export const exec = struct({
  sequence: u64,
  time: u64,
  cgroup: u64,
  pid: u32,
  parent: u32,
  start: u64,
  uid: u32,
  policy: u32,
  policyVersion: u32,
  flags: u32,
  repeats: u32,
  verdict: oneOf(verdict),
  reason: oneOf(reason),
  origin: oneOf(origin),
  session: oneOf(session),
  callerOrigin: oneOf(origin),
  ancestors: u8,
  reserved: reserved(2),
  file,
  caller: file,
  ancestry: array(ancestor, mostAncestors),
});

export const code = struct({
  sequence: u64,
  time: u64,
  cgroup: u64,
  pid: u32,
  parent: u32,
  start: u64,
  uid: u32,
  policy: u32,
  policyVersion: u32,
  flags: u32,
  repeats: u32,
  verdict: oneOf(verdict),
  origin: oneOf(origin),
  session: oneOf(session),
  codeKind: oneOf(codeKind),
  ancestors: u8,
  reserved: reserved(3),
  file,
  opener: file,
  ancestry: array(ancestor, mostAncestors),
});

export const listen = struct({ sequence: u64, time: u64, cgroup: u64, pid: u32, port: u16, protocol: u8, family: u8 });

export const loss = struct({
  sequence: u64,
  time: u64,
  cgroup: u64,
  count: u64,
  dimension: oneOf(dimension),
  reserved: reserved(7),
});

export const throttle = struct({ sequence: u64, time: u64, cgroup: u64, count: u64 });

export const move = struct({
  sequence: u64,
  time: u64,
  cgroup: u64,
  to: u64,
  start: u64,
  moverStart: u64,
  pid: u32,
  mover: u32,
  uid: u32,
  flags: u32,
  repeats: u32,
  session: oneOf(session),
  reserved: reserved(3),
});

export const policyReply = struct({ policy: u32, version: u32, accepted: u8, reserved: reserved(3) });

export const tableReply = struct({ table: u32, accepted: u8, reserved: reserved(3) });

export const status = struct({
  events: u64,
  lost: u64,
  throttled: u64,
  permissions: u64,
  permissionsLate: u64,
  permissionNsTotal: u64,
  memory: u64,
  oldestNs: u64,
  containers: u32,
  policies: u32,
  queued: u32,
  /** Updates of the kernel’s maps that failed; 0 from sensors that do not count them. */
  failedUpdates: u32,
});

export const mapping = struct({
  cgroup: u64,
  request: u32,
  mappings: u32,
  processes: u32,
  origin: oneOf(origin),
  listing: oneOf(listing),
  allowed: u8,
  reserved: reserved(1),
  file,
});

export const mappingsEnd = struct({
  cgroup: u64,
  request: u32,
  processes: u32,
  mappings: u32,
  files: u32,
  anonymous: u32,
  policy: u32,
  time: u64,
  since: u64,
  passed: u64,
  stopped: u64,
  unjudged: u64,
});

export const askCode = struct({ cgroup: u64, request: u32 });

export const agentHello = struct({ protocol: u16, reserved: reserved(2) });
export const acknowledge = struct({ epoch: u64, sequence: u64 });
export const configure = struct({ bucketNs: u64, permissionBudgetMs: u32, eventsPerSecond: u32 });

export const table = struct({ table: u32, device: u32, files: u32, first: u32, count: u32 });
export const tableRow = struct({ inode: u64, ctime: u64, size: u64, flags: u32, ownName: u32 });
/** A file of an image by its backing inode. */
export type TableRow = ValueOf<typeof tableRow>;
export const forgetTable = struct({ table: u32 });

export const policyTool = struct({ inode: u64 });
export const policyEdge = struct({ child: u64, caller: u64, applet: u64 });
export const policyDigest = struct({ sha256: raw(32) });
export const policyFolder = struct({ program: u64 });

export const policy = struct({
  policy: u32,
  version: u32,
  flags: u32,
  driftEffect: oneOf(effect),
  codeEffect: oneOf(effect),
  modelEffect: oneOf(effect),
  toolEffect: oneOf(effect),
  table: u32,
  images: u32,
  tools: u32,
  edges: u32,
  digests: u32,
  folders: u32,
});

export const forgetPolicy = struct({ policy: u32 });
export const assign = struct({ policy: u32, id: text(idLength) });
export const keepAssigned = struct({ id: text(idLength) });
