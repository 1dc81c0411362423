import { labelsWithoutSecrets, wordsWithoutSecrets } from '#secrets/index.ts';
import type { ContainerFact } from '../contract.ts';

/** A container without the secrets that agents of releases before left in its command and its labels. */
export function withoutSecrets(fact: ContainerFact): ContainerFact {
  const labels = Object.entries(labelsWithoutSecrets(fact.labels)).map(([name, value]) => [name, value.slice(0, 4096)]);
  return {
    ...fact,
    command: wordsWithoutSecrets(fact.command).map((word) => word.slice(0, 4096)),
    labels: Object.fromEntries(labels),
  };
}
