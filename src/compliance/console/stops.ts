import { randomUUID } from 'node:crypto';
import { type Selectable as Row, sql } from 'kysely';
import { countRunningOf } from '#inventory/console/index.ts';
import type { Queries, Transaction } from '#store/index.ts';
import type { ComplianceRule } from '../contract.ts';
import { isReached } from '../reach.ts';
import { countedFor, decideStop, stopBounds, type StopDecision, type StopQuestion } from '../stop.ts';
import type { Answer } from './answers.ts';
import { readConfirmations } from './confirm-rule.ts';
import { failingBlocked, type PlacedSubject } from './judge-subjects.ts';
import type { JudgedHost, JudgedSubject } from './judged-subject.ts';
import { notifyStopRequests } from './notify-stop-requests.ts';
import { complianceSchema, type ComplianceTables } from './schema.ts';

/** Containers of a host that a rule would stop; the time may come without another word of them. */
export async function readSuspects(queries: Queries, host: string): Promise<readonly string[]> {
  const rows = await queries
    .query(complianceSchema)
    .selectFrom('suspect')
    .select('container')
    .where('host', '=', host)
    .execute();
  return rows.map(({ container }) => container);
}

type SuspectRow = Row<ComplianceTables['suspect']>;

/** A container that a rule would stop. */
interface Suspect {
  readonly subject: PlacedSubject;
  readonly rule: ComplianceRule;
  readonly failing: readonly Answer[];
  readonly looks: number;
}

/** What rules may stop, and what they did lately. */
interface Book {
  readonly host: string;
  readonly now: Date;
  readonly confirmations: Awaited<ReturnType<typeof readConfirmations>>;
  /** Rules whose brake is on for this host. */
  readonly brakes: Set<string>;
  /** Orders within the window, those that are made meanwhile among them. */
  readonly orders: { readonly rule: string; readonly host: string; readonly application: string | null }[];
  /** Containers of applications that run, by host. */
  readonly applications: Awaited<ReturnType<typeof countRunningOf>>;
}

/** Has containers stopped that a rule is to stop, or looked at once more. Needs the lock of the judged host. */
export async function orderStops(
  transaction: Transaction,
  {
    host,
    now,
    judged,
    gone,
  }: JudgedHost & { readonly gone: readonly { readonly kind: string; readonly id: string }[] },
): Promise<void> {
  const known = await readRows(transaction, host);
  const ordered = await orderedLately(transaction, host, now);
  const suspects = judged.flatMap((one) => suspectOf(one, known.get(one.subject.id)));
  const kept = new Set(suspects.map(({ subject }) => subject.id));
  const over = [...judged.map(({ subject }) => subject), ...gone]
    .filter(({ kind, id }) => kind === 'container' && !kept.has(id) && known.has(id))
    .map(({ id }) => id);
  await forget(transaction, host, over);
  if (suspects.length === 0) return;
  const rules = new Map(suspects.map(({ rule }) => [rule.id, rule]));
  await transaction.lockAll([...rules.keys()].map((rule) => `compliance stops ${rule}`));
  const book = await readBook(transaction, { host, now, suspects });
  const rows: Decided[] = [];
  for (const suspect of suspects) {
    // What was ordered is on its way; what becomes of it is seen in another look.
    if (ordered.has(suspect.subject.id)) rows.push({ suspect: { ...suspect, looks: 0 }, decision: { kind: 'leave' } });
    else rows.push({ suspect, decision: await decide(transaction, suspect, book) });
  }
  await save(transaction, rows, book);
}

interface Decided {
  readonly suspect: Suspect;
  readonly decision: StopDecision;
}

async function readRows(transaction: Transaction, host: string): Promise<ReadonlyMap<string, SuspectRow>> {
  const rows = await transaction
    .query(complianceSchema)
    .selectFrom('suspect')
    .selectAll()
    .where('host', '=', host)
    .execute();
  return new Map(rows.map((row) => [row.container, row]));
}

/** Milliseconds for which an order holds: an agent that comes later is given none. */
export const orderLife = stopBounds.evidence;

async function orderedLately(transaction: Transaction, host: string, now: Date): Promise<ReadonlySet<string>> {
  const rows = await transaction
    .query(complianceSchema)
    .selectFrom('stop_order')
    .select('container')
    .where('host', '=', host)
    .where('ordered_at', '>', new Date(now.getTime() - orderLife))
    .execute();
  return new Set(rows.map(({ container }) => container));
}

/** None where nothing is to be stopped. A container that nobody knows to run is none either. */
function suspectOf({ subject, rule, answers, up }: JudgedSubject, before: SuspectRow | undefined): readonly Suspect[] {
  if (subject.kind !== 'container' || up !== 'up' || rule?.running !== 'stop') return [];
  const failing = failingBlocked(answers, rule);
  return failing.length === 0 ? [] : [{ subject, rule, failing, looks: looksOf({ subject, rule, failing, before }) }];
}

/** Looks in a row that found one of these checks failing, under this version of the rule. */
function looksOf({
  subject,
  rule,
  failing,
  before,
}: Omit<Suspect, 'looks'> & { readonly before: SuspectRow | undefined }): number {
  const isSame =
    before !== undefined &&
    before.rule === rule.id &&
    before.rule_version === rule.version &&
    failing.some(({ id }) => before.failing.includes(id));
  if (!isSame) return 1;
  return before.seen_at < subject.reported_at ? before.looks + 1 : before.looks;
}

async function forget(transaction: Transaction, host: string, containers: readonly string[]): Promise<void> {
  if (containers.length === 0) return;
  await transaction
    .query(complianceSchema)
    .deleteFrom('suspect')
    .where('host', '=', host)
    .where('container', '=', sql<string>`any(${containers}::text[])`)
    .execute();
}

async function readBook(
  transaction: Transaction,
  { host, now, suspects }: { readonly host: string; readonly now: Date; readonly suspects: readonly Suspect[] },
): Promise<Book> {
  const database = transaction.query(complianceSchema);
  const orders = await database
    .selectFrom('stop_order')
    .select(['rule', 'host', 'application'])
    .where('ordered_at', '>', new Date(now.getTime() - stopBounds.window))
    .execute();
  const brakes = await database.selectFrom('brake').select('rule').where('host', '=', host).execute();
  const applications = suspects.flatMap(({ subject }) => applicationOf(subject) ?? []);
  return {
    host,
    now,
    confirmations: await readConfirmations(transaction),
    brakes: new Set(brakes.map(({ rule }) => rule)),
    orders: [...orders],
    applications: await countRunningOf(transaction, [...new Set(applications)]),
  };
}

async function decide(transaction: Transaction, suspect: Suspect, book: Book): Promise<StopDecision> {
  const decision = decideStop(questionOf(suspect, book));
  switch (decision.kind) {
    case 'stop':
      book.orders.push({
        rule: suspect.rule.id,
        host: book.host,
        application: applicationOf(suspect.subject) ?? null,
      });
      await order(transaction, suspect, book.now);
      break;
    case 'brake':
      if (!book.brakes.has(suspect.rule.id)) await pullBrake(transaction, suspect, book);
      book.brakes.add(suspect.rule.id);
      break;
    default:
  }
  return decision;
}

function questionOf({ subject, rule, failing, looks }: Suspect, book: Book): StopQuestion {
  const application = applicationOf(subject);
  const own = book.orders.filter((order) => order.rule === rule.id);
  const ofApplication = own.filter((order) => application !== undefined && order.application === application);
  const running = application === undefined ? undefined : (book.applications.get(application) ?? new Map());
  return {
    kind: subject.kind,
    running: rule.running,
    failing: failing.map(({ id }) => id),
    confirmation: confirmationOf({ subject, rule, failing }, book),
    age: book.now.getTime() - subject.reported_at.getTime(),
    looks,
    brake: book.brakes.has(rule.id) ? 'on' : 'off',
    stopped: {
      ofRule: countedFor(book.host, byHost(own)),
      ofApplication: countedFor(book.host, byHost(ofApplication)),
    },
    stoppedOnAll: { ofRule: own.length, ofApplication: ofApplication.length },
    ...(running !== undefined && { application: countedFor(book.host, running) }),
  };
}

function byHost(orders: Book['orders']): ReadonlyMap<string, number> {
  return new Map([...Map.groupBy(orders, ({ host }) => host)].map(([host, own]) => [host, own.length]));
}

function applicationOf({ places }: PlacedSubject): string | undefined {
  return places[0]?.application;
}

function confirmationOf(
  { subject, rule, failing }: Pick<Suspect, 'subject' | 'rule' | 'failing'>,
  { confirmations }: Book,
): StopQuestion['confirmation'] {
  const confirmed = confirmations.get(rule.id);
  if (confirmed === undefined || confirmed.version !== rule.version) return 'rule-not-tried';
  // Confirmed by a release that did not keep what the rule reached.
  if (confirmed.reach === null) return 'rule-not-tried';
  if (!isReached(confirmed.reach, subject.places)) return 'reaches-more';
  return failing.every(({ id, version }) => confirmed.checks[id] === version) ? 'confirmed' : 'check-changed';
}

async function order(transaction: Transaction, { subject, rule, failing }: Suspect, now: Date): Promise<void> {
  const { host, id, name, places, facts, reported_at } = subject;
  await transaction
    .query(complianceSchema)
    .insertInto('stop_order')
    .values({
      id: randomUUID(),
      host,
      container: id,
      name,
      application: applicationOf(subject) ?? null,
      environment: places[0]?.environment ?? null,
      rule: rule.id,
      rule_version: rule.version,
      rule_name: rule.name,
      failing: JSON.stringify(failing.map((answer) => answer.id)),
      facts,
      evidence_at: reported_at,
      ordered_at: now,
      outcome: null,
      ended_at: null,
      reason: null,
    })
    .execute();
}

async function pullBrake(transaction: Transaction, { rule }: Suspect, { host, now, orders }: Book): Promise<void> {
  const stopped = byHost(orders.filter((order) => order.rule === rule.id));
  const hosts = [...stopped].map(([name, containers]) => ({ name, containers })).toSorted(byName);
  await transaction
    .query(complianceSchema)
    .insertInto('brake')
    .values({ rule: rule.id, rule_name: rule.name, host, since: now, stopped: JSON.stringify(hosts) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

function byName(left: { readonly name: string }, right: { readonly name: string }): number {
  return left.name < right.name ? -1 : 1;
}

async function save(transaction: Transaction, decided: readonly Decided[], { host, now }: Book): Promise<void> {
  const rows = decided.map(({ suspect: { subject, rule, failing, looks }, decision }) => ({
    container: subject.id,
    rule: rule.id,
    rule_version: rule.version,
    failing: failing.map(({ id }) => id),
    looks: decision.kind === 'stop' ? 0 : looks,
    seen_at: subject.reported_at,
    look_at: decision.kind === 'look' ? now : null,
    held: decision.kind === 'brake' || decision.kind === 'unconfirmed' ? decision.kind : null,
  }));
  await sql`
    insert into compliance.suspect (host, container, rule, rule_version, failing, looks, seen_at, look_at, held)
    select ${host}, container, rule, rule_version, failing, looks, seen_at, look_at, held
    from json_to_recordset(${JSON.stringify(rows)}::json) as made (container text, rule text, rule_version integer,
      failing json, looks integer, seen_at timestamptz, look_at timestamptz, held text)
    on conflict (host, container) do update set rule = excluded.rule, rule_version = excluded.rule_version,
      failing = excluded.failing, looks = excluded.looks, seen_at = excluded.seen_at, look_at = excluded.look_at,
      held = excluded.held`.execute(transaction.query(complianceSchema));
  if (decided.some(({ decision: { kind } }) => kind === 'stop' || kind === 'look'))
    await notifyStopRequests(transaction, host);
}
