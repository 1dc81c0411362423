import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Store, Transaction } from '#store/index.ts';
import type { Clock } from '#base/index.ts';
import { silentSince } from '../lease.ts';
import { limits } from '../limits.ts';
import { linesBetween, type Status } from '../status.ts';
import { saveAlerts } from './alerts.ts';
import { type Answer, Answers, readTerms, termsKey, type Terms } from './answers.ts';
import { hostJudged, hostOutdated } from './facts.ts';
import { imagesPlace } from './images-place.ts';
import { type PlacedSubject, placedSubjects, rulesOn } from './judge-subjects.ts';
import type { JudgedSubject } from './judged-subject.ts';
import { addToHour, readHour, refusePace } from './pace.ts';
import { complianceRules } from './rules.ts';
import { complianceSchema, type ComplianceTables } from './schema.ts';
import { orderStops, readSuspects } from './stops.ts';
import { statusId, type TransitionRow, writeStatuses, writeTransitions } from './transitions.ts';

interface Dependencies {
  readonly store: Store;
  readonly clock: Clock;
}

type StandsRow = ComplianceTables['stands'];

/** What is known when a host's subjects are judged. */
interface Round {
  readonly host: string;
  readonly now: Date;
  readonly terms: Terms;
  readonly stood: ReadonlyMap<string, StandsRow>;
  readonly suspects: ReadonlySet<string>;
}

/**
 * Writes down how the results of a host's subjects changed, raises and ends alerts, and orders stops. Does nothing twice;
 * subjects whose facts wait to be evaluated are looked at after that.
 */
export async function judgeHost({ store, clock }: Dependencies, host: string): Promise<void> {
  await store.transaction(async (transaction) => {
    await transaction.lock(`compliance judged ${host}`);
    const now = clock();
    const all = await placedSubjects(transaction, undefined, host);
    const round: Round = {
      host,
      now,
      terms: await readTerms(transaction, now),
      stood: await readStood(transaction, host),
      suspects: new Set(await readSuspects(transaction, host)),
    };
    const gone = goneOf(round.stood, all);
    const evaluated = all.filter(({ evaluation }) => evaluation !== null);
    const outdated = await judgeSome(transaction, evaluated, round);
    if (outdated.length === 0 && gone.length === 0) return;
    await forgetGone(transaction, gone, round);
    await writeDown(transaction, outdated, round);
    await writeWithinPace(
      transaction,
      [...endsOf(gone, round), ...outdated.flatMap((one) => changesOf(one, round))],
      round,
    );
    const judged = outdated.map((one) => one.judged);
    await saveAlerts(transaction, { host, now, judged, gone });
    await orderStops(transaction, { host, now, judged, gone });
    await transaction.announce(hostJudged, { host });
  });
}

/** Rules, exceptions or collections are others: all hosts are judged, each by itself. A rule that stops nothing has no brake. */
export async function judgeAll(transaction: Transaction): Promise<void> {
  const stopping = (await complianceRules.inForce(transaction)).filter(({ running }) => running === 'stop');
  await transaction
    .query(complianceSchema)
    .deleteFrom('brake')
    .where(sql<boolean>`rule <> all(${stopping.map(({ id }) => id)}::text[])`)
    .execute();
  const hosts = await transaction.query(complianceSchema).selectFrom('subject').select('host').distinct().execute();
  await transaction.announceAll(hostOutdated, hosts);
}

function keyOf({ kind, id }: Pick<PlacedSubject, 'kind' | 'id'>): string {
  return `${kind} ${id}`;
}

async function readStood(transaction: Transaction, host: string): Promise<ReadonlyMap<string, StandsRow>> {
  const rows = await transaction
    .query(complianceSchema)
    .selectFrom('stands')
    .selectAll()
    .where('host', '=', host)
    .execute();
  return new Map(rows.map((row) => [keyOf(row), row]));
}

/** How the checks of these stood, by the id of that: of all subjects of a large host it would be megabytes at each event. */
async function readStatuses(
  transaction: Transaction,
  stood: readonly StandsRow[],
): Promise<ReadonlyMap<string, Status>> {
  if (stood.length === 0) return new Map();
  const ids = [...new Set(stood.map(({ status }) => status))];
  const rows = await transaction
    .query(complianceSchema)
    .selectFrom('status')
    .selectAll()
    .where('id', '=', sql<string>`any(${ids}::text[])`)
    .execute();
  return new Map(rows.map(({ id, states }) => [id, states]));
}

function goneOf(stood: ReadonlyMap<string, StandsRow>, all: readonly PlacedSubject[]): readonly StandsRow[] {
  const there = new Set(all.map(keyOf));
  return [...stood.values()].filter((row) => !there.has(keyOf(row)));
}

interface JudgedNow {
  readonly judged: JudgedSubject;
  readonly terms: string;
  readonly status: NamedStatus;
}

/** How all checks stand, and the id of that. */
interface NamedStatus {
  readonly id: string;
  readonly status: Status;
}

/** Those of which something changed, and suspects, of which the time may have come. */
async function judgeSome(
  transaction: Transaction,
  subjects: readonly PlacedSubject[],
  round: Round,
): Promise<readonly JudgedNow[]> {
  const ruleOf = await rulesOn(transaction, await complianceRules.inForce(transaction));
  const outdated = subjects.flatMap((subject) => {
    const [rule, up] = [ruleOf(subject), upOf(subject)];
    const { evaluation, changed_at } = subject;
    const terms = digestOf([termsKey(subject, round.terms), evaluation, changed_at, rule?.id, rule?.version, up]);
    const isSuspect = subject.kind === 'container' && round.suspects.has(subject.id);
    return !isSuspect && round.stood.get(keyOf(subject))?.terms === terms ? [] : [{ subject, rule, up, terms }];
  });
  if (outdated.length === 0) return [];
  const answers = await Answers.open(
    transaction,
    outdated.map(({ subject }) => subject),
    round.terms,
  );
  const stoodBefore = outdated.flatMap(({ subject }) => round.stood.get(keyOf(subject)) ?? []);
  const statuses = await readStatuses(transaction, stoodBefore);
  const statusByAnswers = new Map<readonly Answer[], NamedStatus>();
  return outdated.map(({ subject, rule, up, terms }) => {
    const own = answers.of(subject);
    const status = statusByAnswers.get(own) ?? statusOf(own);
    statusByAnswers.set(own, status);
    const before = round.stood.get(keyOf(subject))?.status;
    const changes =
      before === status.id ? [] : linesBetween(before === undefined ? undefined : statuses.get(before), status.status);
    return { judged: { subject, rule, answers: own, changes, up }, terms, status };
  });
}

function statusOf(answers: readonly Answer[]): NamedStatus {
  const status = Object.fromEntries(answers.map(({ id, state, version }) => [id, { state, version }]));
  return { id: statusId(status), status };
}

/** A container that stands where its host does is none that the inventory knows. */
function upOf({ kind, up, places: [place] }: PlacedSubject): JudgedSubject['up'] {
  if (kind !== 'container' || up === true) return 'up';
  return place === undefined || place.images.length === 0 ? 'unknown' : 'down';
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

async function forgetGone(transaction: Transaction, gone: readonly StandsRow[], { host }: Round): Promise<void> {
  if (gone.length === 0) return;
  const database = transaction.query(complianceSchema);
  const keys = gone.map(keyOf);
  await database
    .deleteFrom('stands')
    .where('host', '=', host)
    .where(sql<boolean>`kind || ' ' || id = any(${keys}::text[])`)
    .execute();
}

/** A transition, and whether what its host reported is the cause: of those there may be so many within an hour. */
interface Written {
  readonly row: TransitionRow;
  readonly by: 'host' | 'console';
}

/** Beyond what one hour holds, changes that a host brought about are counted, not kept. How its subjects stand is. */
async function writeWithinPace(transaction: Transaction, written: readonly Written[], round: Round): Promise<void> {
  const { host, now } = round;
  const ofHost = host === imagesPlace ? 0 : written.filter(({ by }) => by === 'host').length;
  if (ofHost === 0)
    return await writeTransitions(
      transaction,
      written.map(({ row }) => row),
    );
  const before = await readHour(transaction, host, now);
  const room = Math.max(0, limits.hourlyTransitions.value - before.transitions);
  let kept = 0;
  const rows = written.filter(({ by }) => by === 'console' || kept++ < room).map(({ row }) => row);
  await writeTransitions(transaction, rows);
  const left = Math.max(0, ofHost - room);
  await addToHour(transaction, { host, now }, { transitions: ofHost - left, left_transitions: left });
  if (left > 0) await refusePace(transaction, host, limits.hourlyTransitions);
}

function endsOf(gone: readonly StandsRow[], { host, now }: Round): readonly Written[] {
  return gone.map(({ kind, id, name, application, environment }) => {
    const head = { observed_at: now, received_at: now, host, kind, id, name, application, environment };
    return { row: { ...head, ...nothing, change: 'ended' }, by: 'host' };
  });
}

const nothing = {
  source: 'checks',
  check_id: null,
  from_state: null,
  to_state: null,
  status: null,
  checks: null,
  facts: null,
  silent: false,
} as const;

async function writeDown(transaction: Transaction, judged: readonly JudgedNow[], round: Round): Promise<void> {
  const statuses = new Map(judged.map(({ status }) => [status.id, status.status]));
  const rows = judged.map(({ judged: { subject }, terms, status }) => ({
    host: round.host,
    kind: subject.kind,
    id: subject.id,
    status: status.id,
    facts: subject.facts,
    silent: isSilent(subject, round),
    terms,
    name: subject.name,
    application: subject.places[0]?.application ?? null,
    environment: subject.places[0]?.environment ?? null,
  }));
  const database = transaction.query(complianceSchema);
  await writeStatuses(transaction, statuses, round.now);
  await sql`
    insert into compliance.stands (host, kind, id, status, facts, silent, terms, name, application, environment)
    select host, kind, id, status, facts, silent, terms, name, application, environment
    from json_to_recordset(${JSON.stringify(rows)}::json) as made (host text, kind text, id text, status text, facts text,
      silent boolean, terms text, name text, application text, environment text)
    on conflict (host, kind, id) do update set status = excluded.status, facts = excluded.facts,
      silent = excluded.silent, terms = excluded.terms, name = excluded.name, application = excluded.application,
      environment = excluded.environment`.execute(database);
}

function isSilent({ kind, reported_at }: PlacedSubject, { now }: Round): boolean {
  return silentSince(kind, reported_at, now) !== undefined;
}

/** Other facts are so since their host saw them; what time, a rule or an exception changed is so from now on. */
function changesOf({ judged: { subject, changes }, status }: JudgedNow, round: Round): readonly Written[] {
  const { host, now, stood } = round;
  const before = stood.get(keyOf(subject));
  const silent = isSilent(subject, round) || before?.silent === true;
  const by = before?.facts === subject.facts ? 'console' : 'host';
  const observed_at = by === 'console' ? now : subject.since;
  const { kind, id, name, facts, places } = subject;
  const { application = null, environment = null } = places[0] ?? {};
  const head = { observed_at, received_at: now, host, kind, id, name, application, environment };
  return changes.map((change, at): Written => {
    // The last row of a look says how all checks stand after it.
    const named = { ...head, ...nothing, facts, status: at === changes.length - 1 ? status.id : null };
    if (change.kind === 'first') return { row: { ...named, change: 'first', checks: change.checks }, by };
    const { check, from, to } = change;
    return { row: { ...named, change: 'changed', check_id: check, from_state: from, to_state: to, silent }, by };
  });
}
