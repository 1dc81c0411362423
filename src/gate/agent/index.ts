export { type Gate, startGate } from './gate.ts';
export { allowDigest } from './install/allow-digest.ts';
export { type GateStatus, gateStatus } from './install/gate-status.ts';
export { type GateContext, type GateWork, installGate } from './install/install-gate.ts';
export { withGateLock } from './install/lock.ts';
export { removeGate } from './install/remove-gate.ts';
export { wrapperState } from './install/wrapper-state.ts';
