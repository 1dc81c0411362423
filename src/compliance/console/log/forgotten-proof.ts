import type { Keyed } from '#store/index.ts';
import type { HeadRow } from './sealed-rows.ts';

/** Shows that a console forgot the rows of a batch: whoever has SQL alone cannot make it. */
export function forgottenProof({ batch, hash }: Pick<HeadRow, 'batch' | 'hash'>, keyed: Keyed): string {
  return keyed.mac('evidence forgotten', JSON.stringify([batch, hash]));
}

/** Whether this console forgot the rows of the batch. */
export function isForgotten(head: Pick<HeadRow, 'batch' | 'hash' | 'forgotten'>, keyed: Keyed): boolean {
  return head.forgotten !== null && head.forgotten === forgottenProof(head, keyed);
}
