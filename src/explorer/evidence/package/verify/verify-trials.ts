import { certificateFingerprint } from '#link/index.ts';
import { checkTrial } from '../trial.ts';
import type { EvidenceProblem } from './problem.ts';

/** What hosts signed of tries of their gates, as it was found in a file. */
export interface FoundTrials {
  readonly trials: number;
  /** SHA-256 of certificates of the authorities that stand behind the hosts, rising. */
  readonly authorities: readonly string[];
  readonly problems: readonly EvidenceProblem[];
}

/** Verifies each statement by the key of its host. */
export function verifyTrials(files: readonly { readonly name: string; readonly text: string }[]): FoundTrials {
  const problems: EvidenceProblem[] = [];
  const authorities = new Set<string>();
  for (const { name, text } of files) {
    const checked = checkTrial(text);
    if (checked.state === 'signed') authorities.add(certificateFingerprint(checked.authority) ?? '');
    else problems.push({ reason: checked.state, name });
  }
  return { trials: files.length - problems.length, authorities: [...authorities].toSorted(), problems };
}
