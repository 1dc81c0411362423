import type { ReplyOf } from '#http/index.ts';
import type { getProtection } from '#runtime/contract.ts';
import type { MarkState } from '../../ui/state-mark.tsx';

interface ModelsFacts {
  /** Missing: it could not be read. */
  readonly protection: Pick<ReplyOf<typeof getProtection>, 'all'> | undefined;
  readonly total: number;
  readonly learning: number;
}

/** What the list of models is worth. `unread`: the console did not answer; `unwatched`: no sensor watches what runs. */
export interface ModelsStatus {
  readonly kind: 'unread' | 'unwatched' | 'none' | 'known';
  readonly state: MarkState;
  /** Running containers of unknown protection. */
  readonly unknown: number;
}

/** Models say something only of containers that a sensor watches. */
export function modelsStatus({ protection, total, learning }: ModelsFacts): ModelsStatus {
  if (protection === undefined) return { kind: 'unread', state: 'unknown', unknown: 0 };
  const { unknown, ...known } = protection.all;
  const watched = Object.values(known).reduce((sum, one) => sum + one, 0);
  if (watched === 0 && unknown > 0) return { kind: 'unwatched', state: 'unknown', unknown };
  if (total === 0) return { kind: 'none', state: 'unknown', unknown };
  return { kind: 'known', state: unknown > 0 ? 'unknown' : learning > 0 ? 'partly' : 'pass', unknown };
}
