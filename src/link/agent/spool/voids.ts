import type { Segment } from './segment.ts';

/** Which waiting facts newer ones with the same key made void. */
export interface Voids {
  /** The newest fact with this key; the one before it is void. */
  add(key: string, place: RecordPlace): void;
  isVoid(key: string, sequence: number): boolean;
  /** Nothing waits. */
  forget(): void;
}

export interface RecordPlace {
  readonly segment: Segment;
  readonly sequence: number;
  /** Bytes. */
  readonly size: number;
}

export function trackVoids(): Voids {
  const newest = new Map<string, RecordPlace>();
  return {
    add: (key, place) => {
      if (key === '') return;
      const before = newest.get(key);
      if (before !== undefined) before.segment.voidBytes += before.size;
      newest.set(key, place);
    },
    isVoid: (key, sequence) => key !== '' && (newest.get(key)?.sequence ?? 0) > sequence,
    forget: () => newest.clear(),
  };
}
