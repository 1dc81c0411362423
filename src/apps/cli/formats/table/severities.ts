import type { Severity } from '#vulnerability/index.ts';

/** Worst first, what nobody has rated last. */
export const severities: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'negligible', 'unrated'];
