export { applicationOf } from './application.ts';
export { compareEnvironments } from './environment-order.ts';
export * from './facts/index.ts';
export * from './settings/index.ts';
export * from './facts/host.ts';
export type { HostFile, HostFiles, HostFolder } from './facts/host-file.ts';
