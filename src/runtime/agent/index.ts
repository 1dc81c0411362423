export { exemptContainer } from './exempt-container.ts';
export { type Runtime, startRuntime } from './runtime.ts';
