import { useMutation, useQueryClient } from '@tanstack/react-query';
import { listPolicies, orderPolicies, type PolicyInPlace } from '#policy/contract.ts';
import { ask, reading } from '../../api.ts';
import { mutable } from './use-replay.ts';

export interface Order {
  readonly error: unknown;
  /** Puts the policy at one place to another place. */
  readonly move: (from: number, to: number) => void;
}

/** Puts policies in another order at once; the list shows it before the console has answered. */
export function useOrder(policies: readonly PolicyInPlace[]): Order {
  const queries = useQueryClient();
  const { queryKey } = reading(listPolicies);
  const ordering = useMutation({
    mutationFn: (ordered: readonly PolicyInPlace[]) =>
      ask(orderPolicies, { body: { order: ordered.map(({ policy }) => policy.id) } }),
    onMutate: async (ordered) => {
      await queries.cancelQueries({ queryKey });
      queries.setQueryData(queryKey, { policies: mutable(ordered) });
    },
    onSettled: () => queries.invalidateQueries({ queryKey }),
  });
  return {
    error: ordering.error,
    move: (from, to) => {
      const moved = movedTo(policies, from, to);
      if (moved !== undefined) ordering.mutate(moved);
    },
  };
}

/** The list with one entry at another place; nothing when it stays, or would come behind the last one or move it. */
export function movedTo<Entry>(entries: readonly Entry[], from: number, to: number): readonly Entry[] | undefined {
  const last = entries.length - 1;
  const entry = entries[from];
  if (entry === undefined || from === to || from >= last || to >= last || to < 0) return undefined;
  return entries.toSpliced(from, 1).toSpliced(to, 0, entry);
}
