import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { type PolicyReplay, type PolicyText, replayPolicy } from '#policy/contract.ts';
import { ask, type ReadingKey } from '../../api.ts';

/** Milliseconds after the last change of a text before it is tried. */
const pause = 450;

export interface Trial {
  readonly id: string;
  /** Missing while the text cannot be tried. */
  readonly text: PolicyText | undefined;
  /** Version that the text is based on: what another version did is out of date. */
  readonly basedOn: number;
  readonly days: number;
}

export interface Replay {
  /** Of this text or, while it is tried, of the one before. */
  readonly result: PolicyReplay | undefined;
  /** Whether the result is of exactly this text. */
  readonly state: 'exact' | 'on-its-way' | 'failed' | 'none';
  readonly error: unknown;
  readonly again: () => void;
}

/** Tries a text on what runs and on past builds, a moment after it was last changed. */
export function useReplay({ id, text, basedOn, days }: Trial): Replay {
  const settled = useSettled(text);
  const query = useQuery<PolicyReplay, Error, PolicyReplay, ReadingKey>({
    queryKey: [replayPolicy.path, { id, basedOn }, { text: settled, days }],
    queryFn: ({ signal }) =>
      settled === undefined
        ? Promise.reject(new Error('There is no text to try.'))
        : ask(replayPolicy, { params: { id }, body: { policy: mutable(settled), days } }, signal),
    enabled: settled !== undefined,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  });
  const current = text !== undefined && settled === text;
  return {
    result: text === undefined ? undefined : query.data,
    state: stateOf(current, text, query),
    error: current ? query.error : null,
    again: () => void query.refetch(),
  };
}

function stateOf(
  current: boolean,
  text: PolicyText | undefined,
  query: { readonly isPlaceholderData: boolean; readonly isFetching: boolean; readonly status: string },
): Replay['state'] {
  if (text === undefined) return 'none';
  if (!current || query.isFetching || query.isPlaceholderData) return 'on-its-way';
  return query.status === 'success' ? 'exact' : 'failed';
}

/** A copy that is not read-only, as endpoints take it. */
export function mutable<Value>(value: Value): Mutable<Value> {
  return structuredClone(value) as Mutable<Value>;
}

type Mutable<Value> = { -readonly [Field in keyof Value]: Mutable<Value[Field]> };

/** A value that has not changed for a moment; what it was before until then. */
export function useSettled<Value>(value: Value): Value {
  const [settled, settle] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => settle(value), pause);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
