import { useQuery } from '@tanstack/react-query';
import type { SubjectId } from '#base/index.ts';
import type { ExecutableKind } from '#catalog/contract.ts';
import { listExecutables } from '#explorer/contract.ts';
import { reading } from '../../api.ts';

/** How many executables an image holds, or that its scan did not look at them. */
export function useExecutables(subject: SubjectId) {
  const { data, error, refetch } = useQuery(
    // A folder is not an image: nothing of it is hashed.
    {
      ...reading(listExecutables, { params: { subject }, query: { limit: 1 } }),
      enabled: !subject.startsWith('host:'),
    },
  );
  return { known: data, error, refetch };
}

/** Kinds of executables in the words of people. */
export const kindWords: Readonly<Record<ExecutableKind, string>> = {
  elf: 'ELF',
  script: 'Script',
  java: 'Java',
  interpreted: 'Interpreted',
  other: 'Other',
};
