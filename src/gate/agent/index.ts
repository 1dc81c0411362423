export { type Gate, startGate } from './gate.ts';
export { allowDigest } from './install/allow-digest.ts';
export { type GateStatus, gateStatus } from './install/gate-status.ts';
export { installGate } from './install/install-gate.ts';
export { installedWrapper } from './install/installed-wrapper.ts';
export type { GateContext, GateWork } from './install/gate-work.ts';
export { withGateLock } from './install/lock.ts';
export { removeGate } from './install/remove-gate.ts';
export { wrapperState } from './install/wrapper-state.ts';
