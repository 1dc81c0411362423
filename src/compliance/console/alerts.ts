import { sql } from 'kysely';
import { readHostEnvironments, readPlacesOnHost } from '#inventory/console/index.ts';
import type { Selectable } from '#access/index.ts';
import type { Queries, Transaction } from '#store/index.ts';
import type { About } from '../check.ts';
import { type CheckSeverity, checkSeverities } from '../contract.ts';
import { readAboutChecks } from './about-checks.ts';
import { effectOfAnswers } from './judge-subjects.ts';
import type { JudgedHost, JudgedSubject } from './judged-subject.ts';
import { complianceSchema, type ComplianceTables } from './schema.ts';

type AlertRow = Omit<ComplianceTables['alert'], 'checks'> & { readonly checks: readonly string[] };

/** Alerts of results whose exceptions ended. */
const ofExceptions = 'exception';

/** Raises what is new, keeps what goes on, and ends what is over: one alert for each subject and rule. */
export async function saveAlerts(
  transaction: Transaction,
  { host, now, judged, gone }: JudgedHost & { readonly gone: readonly Pick<AlertRow, 'kind' | 'id'>[] },
): Promise<void> {
  const database = transaction.query(complianceSchema);
  const before = await database.selectFrom('alert').selectAll().where('host', '=', host).execute();
  const known = new Map(before.map((row) => [`${keyOf(row)} ${row.source}`, row]));
  const wanted = judged.flatMap((one) => alertsOf(one, { host, now, known }));
  const touched = [...gone, ...judged.map(({ subject }) => subject)].map(keyOf);
  await database
    .deleteFrom('alert')
    .where('host', '=', host)
    .where(sql<boolean>`kind || ' ' || id = any(${touched}::text[])`)
    .execute();
  await sql`
    insert into compliance.alert (host, kind, id, source, name, rule_name, effect, checks, since)
    select host, kind, id, source, name, rule_name, effect, checks, since
    from json_to_recordset(${JSON.stringify(wanted)}::json) as made (host text, kind text, id text, source text, name text,
      rule_name text, effect text, checks json, since timestamptz)`.execute(database);
}

function keyOf({ kind, id }: Pick<AlertRow, 'kind' | 'id'>): string {
  return `${kind} ${id}`;
}

interface Known {
  readonly host: string;
  readonly now: Date;
  readonly known: ReadonlyMap<string, AlertRow>;
}

/** A container that does not run alerts nobody, and an image does where it runs. */
function alertsOf(
  { subject, rule, answers, changes, up }: JudgedSubject,
  { host, now, known }: Known,
): readonly AlertRow[] {
  if (up === 'down' || subject.kind === 'image') return [];
  const { kind, id, name } = subject;
  const raise = (of: Pick<AlertRow, 'source' | 'rule_name' | 'effect' | 'checks'>): AlertRow => {
    const since = known.get(`${keyOf(subject)} ${of.source}`)?.since ?? now;
    return { host, kind, id, name, since, ...of };
  };
  const alerts: AlertRow[] = [];
  const done = rule === undefined ? undefined : effectOfAnswers(answers, rule);
  if (rule !== undefined && done !== undefined && done.effect !== 'record')
    alerts.push(raise({ source: `rule ${rule.id}`, rule_name: rule.name, effect: done.effect, checks: done.checks }));
  const ended = endedOf({ answers, changes, before: known.get(`${keyOf(subject)} ${ofExceptions}`)?.checks ?? [] });
  if (ended.length > 0) alerts.push(raise({ source: ofExceptions, rule_name: '', effect: 'alert', checks: ended }));
  return alerts;
}

/** Checks of which an exception ended, while they fail. */
function endedOf({
  answers,
  changes,
  before,
}: Pick<JudgedSubject, 'answers' | 'changes'> & { readonly before: readonly string[] }): readonly string[] {
  const fresh = changes.flatMap((change) =>
    change.kind === 'changed' && change.from === 'excepted' ? [change.check] : [],
  );
  const failing = new Set(answers.filter(({ state }) => state === 'fail' || state === 'warn').map(({ id }) => id));
  return [...new Set([...before, ...fresh])].filter((id) => failing.has(id)).toSorted();
}

/** What people are to be told of a host's subject now. */
export interface ComplianceAlert {
  readonly kind: AlertRow['kind'];
  readonly id: string;
  readonly name: string;
  readonly source: string;
  /** Missing: exceptions ended. */
  readonly rule?: { readonly id: string; readonly name: string };
  readonly severity: CheckSeverity;
  /** Titles of the checks with their ids, the worst first. */
  readonly checks: readonly { readonly id: string; readonly title: string }[];
  readonly since: Date;
  readonly place: Selectable & { readonly host: string };
}

/** The alerts of a host that are not over. */
export async function readAlerts(queries: Queries, host: string): Promise<readonly ComplianceAlert[]> {
  const rows = await queries
    .query(complianceSchema)
    .selectFrom('alert')
    .selectAll()
    .where('host', '=', host)
    .orderBy('kind')
    .orderBy('id')
    .orderBy('source')
    .execute();
  const about = await readAboutChecks(queries);
  const ids = rows.filter(({ kind }) => kind === 'container').map(({ id }) => id);
  const containers = await readPlacesOnHost(queries, host, ids);
  const environment = (await readHostEnvironments(queries, host))?.environment;
  const ofHost = { host, images: [], labels: {}, ...(environment !== undefined && { environment }) };
  return rows.map(({ kind, id, name, source, rule_name, checks: named, since }) => {
    const rule = source === ofExceptions ? undefined : { id: source.slice('rule '.length), name: rule_name };
    const [severity, ordered] = worstFirst(named, about);
    const place = (kind === 'container' ? containers.get(id)?.place : undefined) ?? ofHost;
    return { kind, id, name, source, severity, checks: ordered, since, place, ...(rule !== undefined && { rule }) };
  });
}

/** One that is of another release is taken for the worst: nobody can say that it is harmless. */
function worstFirst(
  ids: readonly string[],
  about: ReadonlyMap<string, About>,
): readonly [CheckSeverity, ComplianceAlert['checks']] {
  const ranked = ids
    .map((id) => {
      const check = about.get(id);
      return { id, title: check?.title ?? id, severity: check?.severity ?? 'critical' };
    })
    .toSorted((left, right) => checkSeverities.indexOf(left.severity) - checkSeverities.indexOf(right.severity));
  return [ranked[0]?.severity ?? 'critical', ranked.map(({ id, title }) => ({ id, title }))];
}
