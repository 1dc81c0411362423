import type { ImportedResult, RuleOutcome } from '#explorer/contract.ts';
import { count } from '../../ui/format.ts';

/** What needs a person first, then what is unknown, then the rest. */
export const outcomeOrder: readonly RuleOutcome[] = [
  'fail',
  'error',
  'unknown',
  'notchecked',
  'fixed',
  'informational',
  'pass',
  'notapplicable',
  'notselected',
];

/** `3 fail, 1 error, 12 pass`: words of the file, without marks of Seawall. */
export function outcomeWords(counts: ImportedResult['counts']): string {
  return outcomeOrder
    .flatMap((outcome) => (counts[outcome] === 0 ? [] : [`${count(counts[outcome])} ${outcome}`]))
    .join(', ');
}

/** What was asked of the target. */
export function profileName({ profile, benchmark }: Pick<ImportedResult, 'profile' | 'benchmark'>): string {
  return profile?.title ?? profile?.id ?? `${benchmark.title ?? benchmark.id}, default profile`;
}

/** `Harbour baseline 1.4` */
export function benchmarkName({ benchmark: { id, title, version } }: Pick<ImportedResult, 'benchmark'>): string {
  return version === undefined ? (title ?? id) : `${title ?? id} ${version}`;
}
