import { readCollections } from '#access/console/index.ts';
import type { Collection } from '#access/contract.ts';
import type { Selectable } from '#access/index.ts';
import type { Queries } from '#store/index.ts';
import type { About } from '../check.ts';
import type { CarriedException, CheckState } from '../contract.ts';
import { type Cover, coverOf, speaksFor } from '../exception.ts';
import { silentSince } from '../lease.ts';
import { limits } from '../limits.ts';
import { readAboutChecks } from './about-checks.ts';
import { readApproved, type ScopedException } from './approved-exceptions.ts';
import { carriedToHeirs, carriedToVersions } from './carried.ts';
import { type FailingResult, readFailing, readOutcomes } from './results.ts';
import type { ComplianceTables, Outcome } from './schema.ts';

/** What of a subject decides how its checks stand. */
export interface AnsweredSubject extends Pick<ComplianceTables['subject'], 'kind' | 'name' | 'facts' | 'reported_at'> {
  /** Digest of the image, or of the one that the container is made of; missing: not known, or no such subject. */
  readonly image?: string | undefined;
  /** How its checks stand by its facts; null: nobody knows yet. */
  readonly outcome: string | null;
  /** Of an image, all where it stands. */
  readonly places: readonly Selectable[];
}

/** How one check stands for a subject now: time and exceptions are taken into account. */
export interface Answer {
  readonly id: string;
  readonly about: About;
  readonly state: CheckState;
  /** 0: no check says so, time does. */
  readonly version: number;
  readonly folded: boolean;
  readonly cover?: Cover;
}

/**
 * Approved exceptions that have not run out, and the same once more for other versions of an image that one names, and for
 * what is built on it.
 */
async function readHeldExceptions(queries: Queries, now: Date): Promise<readonly ScopedException[]> {
  const held = await readApproved(queries, now);
  const more = [...(await carriedToHeirs(queries, held)), ...(await carriedToVersions(queries, held))];
  return [...held, ...more].slice(0, Math.max(held.length, limits.openExceptions.value));
}

/** The same as ledgers and policies carry them. */
export async function readCarriedExceptions(queries: Queries, now: Date): Promise<readonly CarriedException[]> {
  return (await readHeldExceptions(queries, now)).map(({ expiresAt, ...exception }) => ({
    ...exception,
    expiresAt: expiresAt.toISOString(),
  }));
}

/** What is looked at besides results. */
export interface Terms {
  readonly now: Date;
  readonly exceptions: readonly ScopedException[];
  readonly collections: readonly Collection[];
  readonly about: ReadonlyMap<string, About>;
}

export async function readTerms(queries: Queries, now: Date): Promise<Terms> {
  return {
    now,
    exceptions: await readHeldExceptions(queries, now),
    collections: await readCollections(queries),
    about: await readAboutChecks(queries),
  };
}

/** How checks stand for subjects; those with one outcome under equal terms are looked at once. */
export class Answers {
  readonly #terms: Terms;
  readonly #outcomes: ReadonlyMap<string, Outcome>;
  /** What fails checks that somebody excepted, by facts. */
  readonly #failing: ReadonlyMap<string, readonly FailingResult[]>;
  readonly #known = new Map<string, readonly Answer[]>();

  private constructor(terms: Terms, { outcomes, failing }: Kept) {
    this.#terms = terms;
    this.#outcomes = outcomes;
    this.#failing = Map.groupBy(failing, ({ facts }) => facts);
  }

  /** Reads how the checks of these subjects stand. */
  static async open(
    queries: Queries,
    subjects: readonly Pick<AnsweredSubject, 'facts' | 'outcome'>[],
    terms: Terms,
  ): Promise<Answers> {
    const outcomes = await readOutcomes(
      queries,
      subjects.map(({ outcome }) => outcome),
    );
    const failing = await readFailing(queries, {
      checks: terms.exceptions.map(({ check }) => check),
      facts: [...new Set(subjects.map(({ facts }) => facts))],
    });
    return new Answers(terms, { outcomes, failing });
  }

  /** Names what the answers of a subject follow from. */
  keyOf(subject: AnsweredSubject): string {
    const { outcome, facts } = subject;
    // What exceptions are held against is said by the facts, not by how checks stand.
    return termsKey({ ...subject, facts: this.#failing.has(facts) ? facts : (outcome ?? '') }, this.#terms);
  }

  of(subject: AnsweredSubject): readonly Answer[] {
    const key = this.keyOf(subject);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const silent = silentSince(subject.kind, subject.reported_at, this.#terms.now);
    const covers = this.#coversOf(subject);
    const outcome = Object.entries(this.#outcomes.get(subject.outcome ?? '') ?? {});
    const answers = outcome.flatMap(([id, { state, version, folded = false }]): readonly Answer[] => {
      const about = this.#terms.about.get(id);
      // One that was deleted here; its results go with the next evaluation.
      if (about === undefined) return [];
      if (silent !== undefined) return [{ about, ...unknown(id) }];
      const cover = covers.get(id);
      return [{ about, id, version, folded, ...(cover === undefined ? { state } : { state: 'excepted', cover }) }];
    });
    this.#known.set(key, answers);
    return answers;
  }

  #coversOf(subject: AnsweredSubject): ReadonlyMap<string, Cover> {
    const failing = this.#failing.get(subject.facts) ?? [];
    if (failing.length === 0) return new Map();
    const held = heldBy(subject, this.#terms);
    return new Map(
      failing.flatMap(({ check_id, body }) => {
        const cover = coverOf(body, held);
        return cover === undefined ? [] : [[check_id, cover] as const];
      }),
    );
  }
}

interface Kept {
  readonly outcomes: ReadonlyMap<string, Outcome>;
  readonly failing: readonly FailingResult[];
}

/** Facts, whether time ended them, and the exceptions that hold. */
export function termsKey(subject: AnsweredSubject, terms: Terms): string {
  const silent = silentSince(subject.kind, subject.reported_at, terms.now);
  const held = heldBy(subject, terms).map(({ id }) => id);
  return [subject.facts, silent === undefined ? 'heard' : 'silent', ...held].join(' ');
}

function heldBy(subject: AnsweredSubject, { exceptions, collections }: Terms): readonly ScopedException[] {
  const { name, image, places } = subject;
  return exceptions.filter((exception) => speaksFor(exception, { names: [name], image, places }, collections));
}

/** What a lease that ended leaves of an answer. */
function unknown(id: string): Omit<Answer, 'about'> {
  return { id, state: 'not-assessed', version: 0, folded: false };
}
