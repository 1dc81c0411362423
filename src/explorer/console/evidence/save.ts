import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Transaction } from '#store/index.ts';
import type { Stand } from '../../evidence/stance.ts';
import { explorerSchema } from '../schema.ts';
import { type CollectedSubject, keyOf } from './collect.ts';
import { nextLook } from './next-look.ts';
import { scopesOf } from './scopes.ts';

interface ToSave {
  /** Hosts, `-` for images and the console: all that stands there. */
  readonly hosts: readonly string[];
  readonly subjects: readonly CollectedSubject[];
  readonly now: Date;
  /** Documents and questions that subjects were looked at with. */
  readonly askedBy: string;
}

/** What of a subject tells whether it is as it was. */
interface Row {
  readonly host: string;
  readonly kind: CollectedSubject['kind'];
  readonly id: string;
  readonly digest: string;
  readonly stance: string;
}

/** What became of the evidence of some hosts. */
export interface Saved {
  /** Subjects that stand otherwise than before, or are new. */
  readonly changed: readonly CollectedSubject[];
  readonly gone: readonly Pick<Row, 'host' | 'kind' | 'id'>[];
}

/** Puts what was collected in the place of what was kept of these hosts; sums follow where something is another. */
export async function saveSubjects(
  transaction: Transaction,
  { hosts, subjects, now, askedBy }: ToSave,
): Promise<Saved> {
  const before = await readKept(transaction, hosts);
  const ready = subjects.map((subject) => ({ subject, ...digestsOf(subject) }));
  const changed = ready.filter(({ subject, row, stance }) => {
    const kept = before.get(keyOf(subject));
    return kept === undefined || kept.stance !== stance || kept.row !== row;
  });
  const there = new Set(subjects.map(keyOf));
  const gone = [...before.values()].filter((one) => !there.has(keyOf(one)));
  await saveStates(transaction, new Map(changed.map(({ subject, stance }) => [stance, subject.stands])));
  await saveRows(transaction, changed, now);
  await saveAnswers(transaction, ready, before);
  await forget(transaction, gone);
  if (changed.length > 0 || gone.length > 0) await sumHosts(transaction, hosts);
  await saveLooks(
    transaction,
    { hosts, subjects, now, askedBy },
    {
      changed: new Set([...changed.map(({ subject }) => subject.host), ...gone.map(({ host }) => host)]),
    },
  );
  return { changed: changed.map(({ subject }) => subject), gone };
}

/** When places were looked at, and when they are next; a place where nothing stands any more is not. */
async function saveLooks(
  transaction: Transaction,
  { hosts, subjects, now, askedBy }: ToSave,
  { changed }: { readonly changed: ReadonlySet<string> },
): Promise<void> {
  const byHost = Map.groupBy(subjects, ({ host }) => host);
  const rows = hosts.flatMap((host) => {
    const own = byHost.get(host);
    if (own === undefined) return [];
    const next = nextLook(host, { now, moments: own.flatMap(({ moments }) => moments) });
    return [{ host, next }];
  });
  const database = transaction.query(explorerSchema);
  await sql`
    insert into explorer.evidence_looked (host, at, changed_at, look_again_at, asked_by)
    select host, ${now}, ${now}, next, ${askedBy}
    from json_to_recordset(${JSON.stringify(rows)}::json) as made (host text, next timestamptz)
    on conflict (host) do update set at = excluded.at, look_again_at = excluded.look_again_at,
      asked_by = excluded.asked_by`.execute(database);
  await sql`
    update explorer.evidence_looked set changed_at =
      greatest(${now}, (select max(changed_at) from explorer.evidence_looked) + interval '1 millisecond')
    where host = any(${[...changed]}::text[])`.execute(database);
  const empty = hosts.filter((host) => !byHost.has(host));
  if (empty.length > 0)
    await sql`delete from explorer.evidence_looked where host = any(${empty}::text[])`.execute(database);
}

type Kept = Row & { readonly row: string };

async function readKept(transaction: Transaction, hosts: readonly string[]): Promise<ReadonlyMap<string, Kept>> {
  const { rows } = await sql<Kept>`
    select host, kind, id, stance, row_digest as row, coalesce(digest, '') as digest
    from explorer.evidence_subject left join explorer.evidence_answer using (host, kind, id)
    where host = any(${hosts}::text[])`.execute(transaction.query(explorerSchema));
  return new Map(rows.map((row) => [keyOf(row), row]));
}

interface Ready {
  readonly subject: CollectedSubject;
  readonly stance: string;
  /** Of all else that its row says. */
  readonly row: string;
  /** Of its answers. */
  readonly digest: string;
}

function digestsOf({ name, locations, facts, answers, stands }: CollectedSubject): Omit<Ready, 'subject'> {
  return { stance: digestOf(stands), row: digestOf([name, locations, facts]), digest: digestOf(answers) };
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url');
}

async function saveStates(transaction: Transaction, stances: ReadonlyMap<string, readonly Stand[]>): Promise<void> {
  const rows = [...stances].flatMap(([stance, stands]) => stands.map((stand) => ({ stance, ...stand })));
  if (rows.length === 0) return;
  await sql`
    insert into explorer.evidence_state (stance, template, control, question, state)
    select stance, template, control, question, state from json_to_recordset(${JSON.stringify(rows)}::json)
      as made (stance text, template text, control text, question text, state text)
    on conflict do nothing`.execute(transaction.query(explorerSchema));
}

async function saveRows(transaction: Transaction, changed: readonly Ready[], now: Date): Promise<void> {
  if (changed.length === 0) return;
  const rows = changed.map(({ subject, stance, row }) => {
    const { host, kind, id, name, locations, facts = null } = subject;
    const { application = null, environment = null } = locations[0] ?? {};
    const scopes = scopesOf(locations);
    return {
      host,
      kind,
      id,
      name,
      application,
      environment,
      stance,
      facts,
      locations,
      row,
      environments: scopes.map((scope) => scope.environment),
      applications: scopes.map((scope) => scope.application),
    };
  });
  await sql`
    insert into explorer.evidence_subject (host, kind, id, name, application, environment, scope_environments,
      scope_applications, locations, row_digest, stance, facts, since)
    select host, kind, id, name, application, environment,
      array(select json_array_elements_text(environments)), array(select json_array_elements_text(applications)),
      locations, row, stance, facts, ${now}
    from json_to_recordset(${JSON.stringify(rows)}::json) as made (host text, kind text, id text, name text,
      application text, environment text, environments json, applications json, locations json, row text, stance text,
      facts text)
    on conflict (host, kind, id) do update set name = excluded.name, application = excluded.application,
      environment = excluded.environment, scope_environments = excluded.scope_environments,
      scope_applications = excluded.scope_applications, locations = excluded.locations, row_digest = excluded.row_digest,
      facts = excluded.facts, stance = excluded.stance, since = case
        when evidence_subject.stance = excluded.stance then evidence_subject.since else excluded.since end`.execute(
    transaction.query(explorerSchema),
  );
}

async function saveAnswers(
  transaction: Transaction,
  ready: readonly Ready[],
  before: ReadonlyMap<string, Kept>,
): Promise<void> {
  const rows = ready
    .filter(({ subject, digest }) => before.get(keyOf(subject))?.digest !== digest)
    .map(({ subject: { host, kind, id, answers }, digest }) => ({ host, kind, id, answers, digest }));
  if (rows.length === 0) return;
  await sql`
    insert into explorer.evidence_answer (host, kind, id, answers, digest)
    select host, kind, id, answers, digest from json_to_recordset(${JSON.stringify(rows)}::json)
      as made (host text, kind text, id text, answers json, digest text)
    on conflict (host, kind, id) do update set answers = excluded.answers, digest = excluded.digest`.execute(
    transaction.query(explorerSchema),
  );
}

async function forget(transaction: Transaction, gone: Saved['gone']): Promise<void> {
  if (gone.length === 0) return;
  const keys = JSON.stringify(gone.map(({ host, kind, id }) => ({ host, kind, id })));
  for (const table of ['evidence_subject', 'evidence_answer'] as const)
    await sql`
      delete from explorer.${sql.ref(table)} as kept using json_to_recordset(${keys}::json)
        as gone (host text, kind text, id text)
      where kept.host = gone.host and kept.kind = gone.kind and kept.id = gone.id`.execute(
      transaction.query(explorerSchema),
    );
}

/** The console is in no sum: it is one for every environment and application, whatever somebody looks at. */
async function sumHosts(transaction: Transaction, hosts: readonly string[]): Promise<void> {
  const database = transaction.query(explorerSchema);
  await sql`delete from explorer.evidence_sum where host = any(${hosts}::text[])`.execute(database);
  await sql`
    insert into explorer.evidence_sum (host, environment, application, template, control, question, state, subjects)
    select one.host, scope.environment, scope.application, stands.template, stands.control, stands.question, stands.state,
      sum(one.subjects)
    from (
      select host, stance, scope_environments, scope_applications, count(*) as subjects from explorer.evidence_subject
      where host = any(${hosts}::text[]) and kind <> 'console'
      group by host, stance, scope_environments, scope_applications
    ) one
    cross join lateral unnest(one.scope_environments, one.scope_applications) as scope (environment, application)
    join explorer.evidence_state as stands on stands.stance = one.stance
    group by one.host, scope.environment, scope.application, stands.template, stands.control, stands.question,
      stands.state`.execute(database);
}

/** Forgets how nobody stands any more. */
export async function pruneStates(transaction: Transaction): Promise<void> {
  await sql`
    delete from explorer.evidence_state where not exists (
      select from explorer.evidence_subject where evidence_subject.stance = evidence_state.stance)`.execute(
    transaction.query(explorerSchema),
  );
}
