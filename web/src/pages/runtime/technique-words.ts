import { techniqueOf } from '#runtime/contract.ts';

/** `Unix Shell (Execution)`; a technique that is not listed stays as its id. */
export function techniqueWords(id: string): string {
  const technique = techniqueOf(id);
  return technique === undefined ? id : `${technique.name} (${technique.tactic})`;
}
