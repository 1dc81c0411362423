// Numbers of `native/include/wire.h`, under the words that this side uses.

export const protocol = 4;
export const longestFrame = 16 * 1024 * 1024;
/** Bytes of a table's frame. */
export const longestTableFrame = 1024 * 1024;
export const idLength = 64;
/** Bytes of an applet's name with its terminator. */
export const appletLength = 32;
export const mostAncestors = 6;

export const frameType = {
  sensorHello: 1,
  container: 2,
  exec: 3,
  code: 4,
  listen: 5,
  loss: 6,
  throttle: 7,
  policyReply: 8,
  status: 9,
  tableReply: 10,
  armed: 11,
  mapping: 12,
  mappingsEnd: 13,
  move: 14,
  agentHello: 64,
  acknowledge: 65,
  configure: 66,
  policy: 67,
  forgetPolicy: 68,
  assign: 69,
  askStatus: 70,
  askCode: 73,
  keepAssigned: 74,
  table: 71,
  forgetTable: 72,
} as const;

/** Mechanisms that can be active. */
export const feature = {
  birth: 1 << 0,
  execRecord: 1 << 1,
  execPrepare: 1 << 2,
  execLsm: 1 << 3,
  execFanotify: 1 << 4,
  codeFanotify: 1 << 5,
  listen: 1 << 6,
  pinned: 1 << 7,
  codeLsm: 1 << 8,
  codeKill: 1 << 9,
} as const;

export const containerState = { born: 1, found: 2, gone: 3 } as const;
export const armed = { kernel: 1 << 0, fanotify: 1 << 1 } as const;
export const mechanism = {
  execRefused: 1 << 0,
  execKilled: 1 << 1,
  mappingsKilled: 1 << 2,
  mappingsRefused: 1 << 3,
  codeOpened: 1 << 4,
} as const;
export const problem = { none: 0, notMarked: 1, tableFull: 2, noPolicy: 3, noOverlay: 4, noGuard: 5 } as const;
export const origin = { unknown: 0, image: 1, upper: 2, other: 3, memory: 4, deleted: 5, host: 6 } as const;
export const verdict = { observed: 0, alerted: 1, refused: 2, killed: 3 } as const;
export const reason = { none: 0, drift: 1, modified: 2, loader: 3, unlearned: 4, code: 5, tool: 6 } as const;
/** Whether the policy's table of the image's files has a file. */
export const listing = { none: 0, same: 1, changed: 2 } as const;
export const session = { entry: 0, exec: 1 } as const;

export const execFlag = {
  first: 1 << 0,
  script: 1 << 1,
  argvCut: 1 << 2,
  pathCut: 1 << 3,
  noPolicyYet: 1 << 4,
  untabled: 1 << 5,
  byFanotify: 1 << 6,
  copyLate: 1 << 7,
} as const;

export const moveFlag = { born: 1 << 0, container: 1 << 1, byOther: 1 << 2, pathCut: 1 << 3 } as const;

export const codeFlag = { mapped: 1 << 0, copyLate: 1 << 1 } as const;
export const codeKind = { library: 1, java: 2, script: 3 } as const;
export const dimension = { process: 1, network: 2, file: 3, syscall: 4 } as const;
export const effect = { ignore: 0, alert: 1, prevent: 2 } as const;
export const policyFlag = { tabled: 1 << 0, modelled: 1 << 1, skipExecSessions: 1 << 2 } as const;
export const fileFlag = { loader: 1 << 0, arguments: 1 << 1, runsCode: 1 << 2, tool: 1 << 3, applets: 1 << 4 } as const;
