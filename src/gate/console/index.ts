export { canaryPassed, gateChanged } from './facts.ts';
export { readGate, readInstalledGates } from './gates.ts';
export { gateSchema } from './schema.ts';
export { createGate, gateHandlers } from './service.ts';
