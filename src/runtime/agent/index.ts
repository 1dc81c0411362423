export type { ScannedExecutable } from './image-programs.ts';
export type { RuntimeOptions } from './options.ts';
export { type Runtime, startRuntime } from './runtime.ts';
