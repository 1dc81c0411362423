import type { ScanOfSubject } from '#catalog/console/index.ts';
import { fact } from '#store/index.ts';

/** A scan was judged, and the verdict or what it rests on is another than before. */
export const verdictChanged = fact<ScanOfSubject>('verdict-changed');

/** A policy got a new version. */
export const policyChanged = fact<{ readonly policy: string }>('policy-changed');

/** A scan was found whose verdict is by another policy than the one in force, or too old. */
export const verdictOutdated = fact<ScanOfSubject>('verdict-outdated');
