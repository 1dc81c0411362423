import type { CheckAnswer } from '#compliance/console/index.ts';
import { checks } from '#compliance/index.ts';
import type { EvidenceAnswer, EvidenceSubjectKind } from '../../contract-evidence.ts';
import type { ProductAnswer } from '../../evidence/answer.ts';
import type { Question } from '../../evidence/control.ts';
import { withDocument } from '../../evidence/stance.ts';
import { attestationMissing, neverReported } from './why-unanswered.ts';

/** What is known of one subject. */
interface Known {
  readonly kind: EvidenceSubjectKind;
  /** Of parts of the product, by name. */
  readonly answers: Readonly<Record<string, ProductAnswer>>;
  /** Of checks; missing: nothing was evaluated of it. */
  readonly checked: readonly CheckAnswer[] | undefined;
  readonly held: ReadonlySet<string>;
}

/** How many texts of one answer a list shows. */
const mostSeen = 5;

/** The single answers of a subject to a question, one for each check that it asks; none: it is not about this subject. */
export function answersTo(question: Question, known: Known): readonly EvidenceAnswer[] {
  const { by, id } = question;
  switch (by.kind) {
    case 'checks':
      return checksAbout(by.checks, known).map(({ check, state, seen = [], reason, until }) => ({
        question: id,
        check,
        state: withDocument(state, by.attestation, known.held),
        seen: seen.slice(0, mostSeen),
        ...(reason !== undefined && { reason }),
        ...(until !== undefined && { until }),
      }));
    case 'product': {
      const answer = Object.hasOwn(known.answers, by.answer) ? known.answers[by.answer] : undefined;
      if (answer === undefined) return [];
      const { state, seen = [], reason } = answer;
      return [{ question: id, state, seen: seen.slice(0, mostSeen), ...(reason !== undefined && { reason }) }];
    }
    case 'attestation':
      if (known.kind !== 'console') return [];
      return known.held.has(by.attestation)
        ? [{ question: id, state: 'pass', seen: [] }]
        : [{ question: id, state: 'not-assessed', seen: [], reason: attestationMissing(by.attestation) }];
    case 'nothing':
      return known.kind === 'console' ? [{ question: id, state: 'not-assessed', seen: [], reason: by.reason }] : [];
  }
}

const kindOfCheck: ReadonlyMap<string, string> = new Map(
  Object.entries(checks).flatMap(([kind, own]) => own.map((check) => [check.id, kind] as const)),
);

function checksAbout(ids: readonly string[], { kind, checked }: Known): readonly CheckAnswer[] {
  const known = new Map((checked ?? []).map((one) => [one.check, one]));
  return ids
    .filter((id) => kindOfCheck.get(id) === kind)
    .map((id) => known.get(id) ?? { check: id, state: 'not-assessed', seen: [], reason: neverReported });
}
