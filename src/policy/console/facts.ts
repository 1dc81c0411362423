import type { ScanOfSubject } from '#catalog/console/index.ts';
import { fact } from '#store/index.ts';

/** A scan was judged, and the verdict or what it rests on is another than before. */
export const verdictChanged = fact<ScanOfSubject>('verdict-changed');

/** A policy was saved or deleted, or the order of policies changed. */
export const policyChanged = fact<{ readonly policy: string }>('policy-changed');

/** An exception was approved, or ended before its time. */
export const exceptionsChanged = fact<{ readonly exception: string }>('exceptions-changed');

/** A scan was found whose verdict is missing or too old. */
export const verdictOutdated = fact<ScanOfSubject>('verdict-outdated');
