import type { EstateSource, HostSource } from './context.ts';

/** Every source of answers about hosts and containers. The only registration. */
export const hostSources: readonly HostSource[] = [];

/** Every source of answers about images and the console. The only registration. */
export const estateSources: readonly EstateSource[] = [];
