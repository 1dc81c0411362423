import type { AssessedAnswer, Assessment } from '../assessment.ts';
import { type NameUuid, uuidsOf } from './names.ts';

/** A file that shows something, with what it holds. */
export interface EvidenceFile {
  /** Relative to whoever links: from the root, or with `../` from `oscal/`. */
  readonly href: string;
  /** SHA-256 in hex. */
  readonly sha256: string;
  readonly title: string;
  readonly mediaType: string;
}

/** What the documents are made of. */
export interface OscalSource {
  readonly assessment: Assessment;
  /** Files that show an answer. */
  readonly evidenceOf: (answer: AssessedAnswer) => readonly EvidenceFile[];
}

/** The same, with the ids of everything. */
export interface Named extends OscalSource {
  readonly uuid: NameUuid;
  /** Positions in `answers`, by the source of the answers. */
  readonly bySource: ReadonlyMap<string, readonly number[]>;
  /** Ids of observations and subjects, in the order of `answers` and `subjects`. */
  readonly observations: readonly string[];
  readonly subjects: readonly string[];
  /** Positions in `answers`, those of one configuration together: their texts are much alike, and pack well. */
  readonly inOrder: readonly number[];
}

/** Prepares what the documents refer to. */
export function named(source: OscalSource): Named {
  const { answers, subjects, installation } = source.assessment;
  const uuid = uuidsOf(installation);
  const bySource = new Map<string, number[]>();
  for (const [at, answer] of answers.entries()) {
    const present = bySource.get(answer.source);
    if (present === undefined) bySource.set(answer.source, [at]);
    else present.push(at);
  }
  const factsAt = (at: number): string => answers[at]?.facts ?? '';
  return {
    ...source,
    uuid,
    bySource,
    observations: answers.map((answer) => uuid('observation', ...keyOf(answer))),
    subjects: subjects.map(({ host, kind, id }) => uuid('subject', host, kind, id)),
    inOrder: [...answers.keys()].toSorted((left, right) =>
      factsAt(left) < factsAt(right) ? -1 : factsAt(left) > factsAt(right) ? 1 : left - right,
    ),
  };
}

/** What makes an answer another one. When it was collected and about whom does not. */
function keyOf({ source, facts, state, seen, reason, until }: AssessedAnswer): readonly string[] {
  return [source, facts ?? '', state, JSON.stringify(seen), reason ?? '', until ?? ''];
}

/** Positions of the answers of some sources, each once. */
export function answersOf({ bySource }: Named, sources: readonly string[]): readonly number[] {
  return [...new Set(sources)].flatMap((source) => bySource.get(source) ?? []);
}
