import { secretDetectors } from './detectors/index.ts';
import type { SecretFinding } from './finding.ts';

const ranks: ReadonlyMap<string, number> = new Map(secretDetectors.map(({ id }, rank) => [id, rank]));

/** Findings in the order of their offsets. Those that overlap become one, which covers all and is called by the surest. */
export function mergeFindings(findings: readonly SecretFinding[]): readonly SecretFinding[] {
  if (findings.length === 0) return findings;
  const merged: SecretFinding[] = [];
  for (const finding of findings.toSorted((one, other) => one.offset - other.offset)) {
    const last = merged.at(-1);
    if (last === undefined || finding.offset >= last.offset + last.length) merged.push(finding);
    else merged[merged.length - 1] = joined(last, finding);
  }
  return merged;
}

function joined(one: SecretFinding, other: SecretFinding): SecretFinding {
  const { detector, certainty } = weight(one) <= weight(other) ? one : other;
  const end = Math.max(one.offset + one.length, other.offset + other.length);
  return { detector, certainty, offset: one.offset, length: end - one.offset };
}

function weight({ detector, certainty }: SecretFinding): number {
  return (ranks.get(detector) ?? 0) + (certainty === 'sure' ? 0 : ranks.size);
}
