import { checks, leases } from '#compliance/index.ts';
import type { EvidenceAnswer } from '../../../contract-evidence.ts';
import type { AssessedAnswer } from '../../../evidence/assessment.ts';
import type { Question } from '../../../evidence/control.ts';

/** When an answer about a subject was so first and last. */
export interface AnswerTimes {
  readonly since: Date;
  readonly collected: Date;
  readonly ends: 'with the lease' | 'never';
}

/** Gathers equal answers about many subjects. */
export interface AnswerGroups {
  add(
    answer: Omit<AssessedAnswer, 'subjects' | 'since' | 'collected' | 'expires'>,
    subjects: readonly number[],
    times: AnswerTimes,
  ): void;
  /** Each distinct answer once, in the order of sources, then of configurations. */
  all(): readonly AssessedAnswer[];
}

interface Group {
  readonly answer: Omit<AssessedAnswer, 'subjects' | 'since' | 'collected' | 'expires'>;
  readonly subjects: Set<number>;
  since: number;
  collected: number;
  ends: AnswerTimes['ends'];
}

/** Of a group the oldest look counts: nothing is shown fresher than it is. */
export function groupAnswers(): AnswerGroups {
  const groups = new Map<string, Group>();
  return {
    add: (answer, subjects, { since, collected, ends }) => {
      const { source, state, seen, reason, until, facts } = answer;
      const key = JSON.stringify([source, facts, state, seen, reason, until]);
      const made = { answer, subjects: new Set<number>(), since: Infinity, collected: Infinity, ends };
      const group: Group = groups.get(key) ?? made;
      groups.set(key, group);
      for (const at of subjects) group.subjects.add(at);
      group.since = Math.min(group.since, since.getTime());
      group.collected = Math.min(group.collected, collected.getTime());
      if (ends === 'with the lease') group.ends = ends;
    },
    all: () =>
      [...groups]
        .toSorted(([left], [right]) => (left < right ? -1 : 1))
        .map(([, { answer, subjects, since, collected, ends }]) => ({
          ...answer,
          since: new Date(since).toISOString(),
          collected: new Date(collected).toISOString(),
          ...(ends === 'with the lease' && { expires: new Date(collected + lease).toISOString() }),
          subjects: [...subjects].toSorted((left, right) => left - right),
        })),
  };
}

const lease = leases.host ?? 0;

const known = new Map(
  Object.values(checks)
    .flat()
    .map((check) => [check.id, check]),
);

/** Who answers a question: ids of its checks, the part of the product, or the document of a person. */
export function sourcesOf({ text, by }: Question): readonly string[] {
  switch (by.kind) {
    case 'checks':
      return by.checks;
    case 'product':
      return [by.answer];
    case 'attestation':
      return [`attestation-${by.attestation}`];
    case 'nothing':
      // Controls call their questions alike: what is asked tells them apart.
      return [`nothing-${text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`];
  }
}

/** One answer as the package has it. */
export function toGrouped(question: Question, { check, state, seen, reason, until }: EvidenceAnswer) {
  const source = check ?? sourcesOf(question)[0] ?? question.id;
  const about = known.get(source);
  const remedy = about && Object.values(about.remedy).find((words) => typeof words === 'string');
  return {
    source,
    title: about?.title ?? question.text,
    state,
    method: 'examine' as const,
    seen,
    ...(about !== undefined && { severity: about.severity, version: about.version }),
    ...(reason !== undefined && { reason }),
    ...(until !== undefined && { until }),
    ...(typeof remedy === 'string' && { remedy }),
  };
}
