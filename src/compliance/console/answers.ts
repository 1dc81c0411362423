import { sql } from 'kysely';
import { readCollections } from '#access/console/index.ts';
import type { Collection } from '#access/contract.ts';
import type { Selectable } from '#access/index.ts';
import type { Queries } from '#store/index.ts';
import type { About, Evidence } from '../check.ts';
import type { CarriedException, CheckState } from '../contract.ts';
import { type Cover, coverOf, type HeldException, speaksFor } from '../exception.ts';
import { checks } from '../checks/index.ts';
import { isKeptUnchanged } from '../inherited.ts';
import { silentSince } from '../lease.ts';
import { limits } from '../limits.ts';
import { readAboutChecks } from './about-checks.ts';
import { readBuiltOn } from './bases.ts';
import { complianceSchema, type ComplianceTables } from './schema.ts';

/** An approved exception, and the subjects that it speaks for. */
export interface ScopedException extends HeldException {
  readonly name?: string;
  readonly images?: readonly string[];
  readonly collections?: readonly string[];
}

/** What of a subject decides how its checks stand. */
export interface AnsweredSubject extends Pick<ComplianceTables['subject'], 'kind' | 'name' | 'facts' | 'reported_at'> {
  /** Digest of the image, or of the one that the container is made of; missing: not known, or no such subject. */
  readonly image?: string | undefined;
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

/** Images that one exception holds for at most, because they are built on one that it names. */
const mostHeirs = 100;
const unchanged: ReadonlySet<string> = new Set(checks.image.filter(isKeptUnchanged).map(({ id }) => id));

/** Approved exceptions that have not run out, and, for what is built on an image that one names, the same once more. */
async function readHeldExceptions(queries: Queries, now: Date): Promise<readonly ScopedException[]> {
  const held = await readApproved(queries, now);
  const ofBases = held.filter(({ check, images }) => images !== undefined && unchanged.has(check));
  const builtOn = await readBuiltOn(queries, [...new Set(ofBases.flatMap(({ images = [] }) => images))]);
  const ofHeirs = ofBases.flatMap((one) => {
    const { name: _, images = [], ...exception } = one;
    const heirs = [...new Set(images.flatMap((image) => builtOn.get(image) ?? []))];
    return heirs.length === 0 ? [] : [{ ...exception, images: heirs.slice(0, mostHeirs) }];
  });
  return [...held, ...ofHeirs].slice(0, Math.max(held.length, limits.openExceptions.value));
}

async function readApproved(queries: Queries, now: Date): Promise<readonly ScopedException[]> {
  const rows = await queries
    .query(complianceSchema)
    .selectFrom('exception')
    .select(['id', 'check_id', 'named_values', 'name', 'images', 'collections', 'expires_at'])
    .where('state', '=', 'approved')
    .where('expires_at', '>', now)
    .orderBy('id')
    .execute();
  return rows.map(({ id, check_id, named_values, name, images, collections, expires_at }) => ({
    id,
    check: check_id,
    values: named_values,
    expiresAt: expires_at,
    ...(name !== null && { name }),
    ...(images !== null && { images }),
    ...(collections !== null && { collections }),
  }));
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

/** How checks stand for subjects; equal facts under equal terms are looked at once. */
export class Answers {
  readonly #terms: Terms;
  readonly #results: ReadonlyMap<string, readonly ResultRow[]>;
  readonly #known = new Map<string, readonly Answer[]>();

  private constructor(terms: Terms, results: ReadonlyMap<string, readonly ResultRow[]>) {
    this.#terms = terms;
    this.#results = results;
  }

  /** Reads the results of these subjects. */
  static async open(
    queries: Queries,
    subjects: readonly Pick<AnsweredSubject, 'facts'>[],
    terms: Terms,
  ): Promise<Answers> {
    const ids = [...new Set(subjects.map(({ facts }) => facts))];
    const excepted = [...new Set(terms.exceptions.map(({ check }) => check))];
    const { rows } = await sql<ResultRow>`
      select facts, check_id as id, state, folded, (body ->> 'version')::integer as version,
        case when check_id = any(${excepted}::text[]) and state in ('fail', 'warn') then body end as body
      from compliance.result where facts = any(${ids}::text[]) order by check_id`.execute(
      queries.query(complianceSchema),
    );
    return new Answers(
      terms,
      Map.groupBy(rows, ({ facts }) => facts),
    );
  }

  /** Names what the answers of a subject follow from, but for results. */
  keyOf(subject: AnsweredSubject): string {
    return termsKey(subject, this.#terms);
  }

  of(subject: AnsweredSubject): readonly Answer[] {
    const key = this.keyOf(subject);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const silent = silentSince(subject.kind, subject.reported_at, this.#terms.now);
    const held = heldBy(subject, this.#terms);
    const answers = (this.#results.get(subject.facts) ?? []).flatMap((row): readonly Answer[] => {
      const about = this.#terms.about.get(row.id);
      // One that was deleted here; its results go with the next evaluation.
      if (about === undefined) return [];
      return [{ about, ...(silent === undefined ? answerOf(row, held) : unknown(row.id)) }];
    });
    this.#known.set(key, answers);
    return answers;
  }
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

function answerOf(
  { id, state, version, folded, body }: ResultRow,
  held: readonly HeldException[],
): Omit<Answer, 'about'> {
  const cover = body === null ? undefined : coverOf({ id, state, seen: body.seen, evidence: body.evidence }, held);
  if (cover === undefined) return { id, state, version, folded };
  return { id, state: 'excepted', version, folded, cover };
}

interface ResultRow {
  readonly facts: string;
  readonly id: string;
  readonly state: ComplianceTables['result']['state'];
  readonly folded: boolean;
  readonly version: number;
  readonly body: { readonly seen?: readonly string[]; readonly evidence: readonly Evidence[] } | null;
}
