export { canaryPassed, gateChanged, trialPassed } from './facts.ts';
export { readGate, readInstalledGates } from './gates.ts';
export { type GateState, readGateStates } from './gate-states.ts';
export { gateSchema } from './schema.ts';
export { createGate, gateHandlers } from './service.ts';
export { type HostTrials, readTrials } from './trials.ts';
