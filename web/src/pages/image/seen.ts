import { faultKindOf } from '#catalog/contract.ts';
import type { ImageDetail } from '#explorer/contract.ts';

/** How much of the image the findings speak for; `nothing` with what is waited for. */
export type Seen =
  | { readonly kind: 'everything' | 'part' | 'not all judged' }
  | { readonly kind: 'nothing'; readonly waitingFor: string };

/** Files that nothing identifies were seen and not judged, as packages of which nobody speaks. */
export function seenOf(detail: {
  readonly row: Pick<ImageDetail['row'], 'verdict' | 'reason'>;
  readonly faults: ImageDetail['faults'];
}): Seen {
  const { row, faults } = detail;
  if (row.verdict === undefined) return { kind: 'nothing', waitingFor: row.reason ?? 'The scan is not judged yet.' };
  if (faults.length === 0) return { kind: 'everything' };
  const wasSeen = faults.every(({ code }) => ['judging', 'unidentified'].includes(faultKindOf(code)));
  return { kind: wasSeen ? 'not all judged' : 'part' };
}
