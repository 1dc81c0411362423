import type { PastEpoch } from './segment.ts';

export interface SpoolPosition {
  readonly epoch: string;
  /** Everything up to here is acknowledged. */
  readonly acknowledged: number;
  /** Last one that is safe on the disk. */
  readonly last: number;
  /** Facts given up before this epoch. */
  readonly lost: number;
  /** The epoch before this one, and its last fact. */
  readonly before?: PastEpoch;
  /** Bytes on the disk. */
  readonly bytes: number;
}
