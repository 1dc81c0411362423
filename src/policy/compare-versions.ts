import { ecosystemOf } from '#ecosystems/index.ts';
import type { CompareVersions } from './rule.ts';

/** Compares by the scheme of each ecosystem. */
export const compareVersions: CompareVersions = (type, version, other) =>
  ecosystemOf(type)?.scheme.compare(version, other);
