import type { SecretFinding, SecretPlace } from './finding.ts';
import { matcherFor } from './match.ts';
import { mergeFindings } from './merge-findings.ts';

/**
 * Secrets in a short text: the value of a variable or a label, a build step, an argument, a command line. Offsets count UTF-16
 * units. Who calls it bounds the length: a text made to be slow costs a second for 200 kB.
 */
export function findSecrets(text: string, place: SecretPlace): readonly SecretFinding[] {
  const name = place.kind === 'environment' || place.kind === 'label' ? `${place.name}=` : '';
  // A byte for each unit, so that offsets stay what they are; no format has characters beyond Latin-1.
  const bytes = Buffer.from((name + text).replaceAll(/[^\0-\xff]/g, '\xff'), 'latin1');
  const window = { bytes, end: bytes.length, offset: -name.length, head: () => bytes.subarray(name.length) };
  const findings: SecretFinding[] = [];
  const found = (finding: SecretFinding): void => {
    if (finding.offset >= 0) findings.push(finding);
  };
  matcherFor(place, 'all').match(window, { from: 0, to: bytes.length }, found);
  return mergeFindings(findings);
}
