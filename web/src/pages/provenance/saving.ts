import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getTrust } from '#provenance/contract.ts';
import { reading } from '../../api.ts';
import { idFor } from '../../app/id-for.ts';

/** Saves something that is trusted, then reads all of it again. */
export function useTrustChange(change: () => Promise<unknown>, done: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async () => await change(),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: reading(getTrust).queryKey });
      done();
    },
  });
}

/** An id made of a name, that none of these has. */
export function newId(name: string, taken: readonly { readonly id: string }[]): string {
  return idFor(
    name,
    taken.map(({ id }) => id),
  );
}
