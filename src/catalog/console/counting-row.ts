import type { CountingScan } from '../counting-scans.ts';
import type { ScanOfSubject } from './facts.ts';

/** A scan that counts in an environment. */
export interface CountingRow extends CountingScan, ScanOfSubject {
  /** Empty: none. `*`: every one, until it is chosen for each after an upgrade. `+`: where it does not lie yet. */
  readonly environment: string;
}
