import { sql } from 'kysely';
import type { SubjectId } from '#base/index.ts';
import { claimRefused, type FactHandler, type ReadFact, readFacts, type ReportingAgent } from '#link/console/index.ts';
import type { Transaction } from '#store/index.ts';
import { applicationOf } from '../application.ts';
import { ContainerFact } from '../contract.ts';
import { environmentOfContainer, type HostEnvironment } from './environments.ts';
import { announcePlaced, containersChanged } from './facts.ts';
import { hostOf, type HostRow } from './host-environment.ts';
import { newestOf } from './parse.ts';
import { fittingContainers, forgetEnded } from './quotas.ts';
import { type InventoryTables, inventorySchema } from './schema.ts';
import { withoutSecrets } from './without-secrets.ts';

type ContainerRow = Omit<InventoryTables['container'], 'fact' | 'labels' | 'created_at' | 'environment_since'> & {
  readonly labels: string;
  readonly fact: string;
  readonly created_at: Date;
};

interface Known {
  readonly id: string;
  readonly subject: SubjectId | null;
  readonly state: ContainerFact['state'];
  readonly finished_at: Date | null;
  readonly own_environment: string | null;
  readonly text: string;
}

/** Fact `container`. */
export const reportContainers: FactHandler = async (transaction, agent, facts) => {
  const reported = newestOf(readFacts(facts, ContainerFact), ({ id }) => id).map((fact) => ({
    ...fact,
    body: withoutSecrets(fact.body),
  }));
  const { row: host, hostEnvironment } = await hostOf(transaction, agent);
  const known = await knownContainers(
    transaction,
    host,
    reported.map(({ body }) => body.id),
  );
  const whole = reported.map((fact) => completed(fact, known.get(fact.body.id)));
  const changed = await fittingContainers(transaction, {
    host: host.name,
    reported: whole.filter(({ body }) => !saysTheSame(body, known.get(body.id))),
    isKnown: ({ body }) => known.has(body.id),
  });
  if (changed.length === 0) return;
  const subjects = await subjectsOfImages(
    transaction,
    host,
    changed.flatMap(({ body }) => (body.subject === undefined ? [body.image.id] : [])),
  );
  const rows = changed.map((fact) => toRow({ host, hostEnvironment, subjects }, fact, known.get(fact.body.id)));
  await saveContainers(transaction, rows);
  if (rows.some((row) => row.finished_at !== null)) await forgetEnded(transaction, host.name);
  await announcePlaced(transaction, placedBy(rows, known));
  await announceRefused(transaction, rows, { agent, known });
  await transaction.announce(containersChanged, { host: host.name });
};

/** Once for each environment that containers are newly said to be in, and that the join token does not allow. */
async function announceRefused(
  transaction: Transaction,
  rows: readonly ContainerRow[],
  { agent, known }: { readonly agent: ReportingAgent; readonly known: ReadonlyMap<string, Known> },
): Promise<void> {
  const beyond = rows.filter(
    ({ id, own_environment: own }) =>
      own !== null && !agent.environments.includes(own) && known.get(id)?.own_environment !== own,
  );
  for (const [environment, [first, ...others]] of Map.groupBy(beyond, (row) => row.own_environment)) {
    const more = others.length === 0 ? '' : ` and ${others.length} more`;
    const reason = `The agent says that ${first?.name ?? ''}${more} run in ${environment}; its join token does not allow that.`;
    await transaction.announce(claimRefused, { host: agent.name, reason });
  }
}

/** What this agent reported; what another one did before it says nothing of what it holds. */
async function knownContainers(
  transaction: Transaction,
  { name, agent }: HostRow,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Known>> {
  const { rows } = await sql<Known>`
    select id, subject, state, finished_at, own_environment, fact::text as text from inventory.container
    where host = ${name} and reported_by = ${agent} and id = any(${ids}::text[])`.execute(
    transaction.query(inventorySchema),
  );
  return new Map(rows.map((row) => [row.id, row]));
}

async function subjectsOfImages(
  transaction: Transaction,
  { name, agent }: HostRow,
  images: readonly string[],
): Promise<ReadonlyMap<string, SubjectId | null>> {
  if (images.length === 0) return new Map();
  const rows = await transaction
    .query(inventorySchema)
    .selectFrom('image')
    .select(['id', 'subject'])
    .where('host', '=', name)
    .where('reported_by', '=', agent)
    .where('id', '=', sql<string>`any(${images}::text[])`)
    .execute();
  return new Map(rows.map(({ id, subject }) => [id, subject]));
}

/**
 * A container that was gone before the engine could describe it: its end is taken over, and the settings that are known
 * from before stay.
 */
function completed(fact: ReadFact<ContainerFact>, known: Known | undefined): ReadFact<ContainerFact> {
  if (fact.body.incomplete === undefined || known === undefined) return fact;
  const { state, finishedAt, exitCode } = fact.body;
  const ended = {
    state,
    ...(finishedAt === undefined ? {} : { finishedAt }),
    ...(exitCode === undefined ? {} : { exitCode }),
  };
  return { ...fact, body: { ...(JSON.parse(known.text) as ContainerFact), ...ended } };
}

/** The state is compared by itself: what `present` did not list ended without a fact of its own. */
function saysTheSame(body: ContainerFact, known: Known | undefined): boolean {
  return known?.state === body.state && known.text === JSON.stringify(body);
}

interface Place {
  readonly host: HostRow;
  readonly hostEnvironment: HostEnvironment;
  readonly subjects: ReadonlyMap<string, SubjectId | null>;
}

function toRow(place: Place, { at, body }: ReadFact<ContainerFact>, known: Known | undefined): ContainerRow {
  const application = applicationOf(body.labels);
  const searched = [body.name, body.id, body.image.name, place.host.name, application?.name ?? ''];
  return {
    host: place.host.name,
    reported_by: place.host.agent,
    id: body.id,
    name: body.name,
    image: body.image.id,
    image_name: body.image.name,
    subject: body.subject ?? known?.subject ?? place.subjects.get(body.image.id) ?? null,
    state: body.state,
    environment: environmentOfContainer(place.hostEnvironment, body.environment) ?? null,
    own_environment: body.environment ?? null,
    application: application?.name ?? null,
    application_from: application?.from ?? null,
    created_at: new Date(body.createdAt),
    first_seen: at,
    changed_at: at,
    finished_at: hasEnded(body.state) ? finishedAt(body, { at, known }) : null,
    search: searched.join('\n').toLowerCase(),
    labels: JSON.stringify(body.labels),
    fact: JSON.stringify(body),
  };
}

/** A host's clock may be wrong, so an end is never later than when it was told. */
function finishedAt(
  { finishedAt: reported }: ContainerFact,
  { at, known }: { readonly at: Date; readonly known: Known | undefined },
): Date {
  const moment = reported === undefined ? (known?.finished_at ?? at) : new Date(reported);
  return moment > at ? at : moment;
}

/** Those that neither run nor wait for their start. */
function hasEnded(state: ContainerFact['state']): boolean {
  return state === 'exited' || state === 'dead' || state === 'removed';
}

/** As the column `up` has it. */
function isUp(state: ContainerFact['state']): boolean {
  return state === 'running' || state === 'paused' || state === 'restarting';
}

/** One parameter for all rows: 6,000 containers are told at once when an agent comes to a large host. */
async function saveContainers(transaction: Transaction, rows: readonly ContainerRow[]): Promise<void> {
  await sql`
    insert into inventory.container as known (${sql.raw(columns.join())})
    select ${sql.raw(columns.join().replace('labels,fact', 'labels::json,fact::json'))}
    from json_to_recordset(${JSON.stringify(rows, wellFormed)}::json) as reported (${sql.raw(typedColumns)})
    on conflict (host, id) do update set ${sql.raw(updates)},
      environment_since = case when known.environment is distinct from excluded.environment then ${await transaction.now()}::timestamptz
        else known.environment_since end`.execute(transaction.query(inventorySchema));
}

/** PostgreSQL keeps no half of a surrogate pair in a text; inside of `fact` they stand as escapes. */
function wellFormed(_: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value;
}

const columnTypes = {
  host: 'text',
  reported_by: 'text',
  id: 'text',
  name: 'text',
  image: 'text',
  image_name: 'text',
  subject: 'text',
  state: 'text',
  environment: 'text',
  own_environment: 'text',
  application: 'text',
  application_from: 'text',
  created_at: 'timestamptz',
  first_seen: 'timestamptz',
  changed_at: 'timestamptz',
  finished_at: 'timestamptz',
  search: 'text',
  labels: 'text',
  fact: 'text',
} as const satisfies Record<keyof ContainerRow, string>;
const columns = Object.keys(columnTypes);
const updates = columns
  .filter((name) => name !== 'first_seen')
  .map((name) => `${name} = excluded.${name}`)
  .join();
const typedColumns = Object.entries(columnTypes)
  .map(([name, type]) => `${name} ${type}`)
  .join();

/** Subjects of which something runs, or ran until now: what else ended says nothing of where they are. */
function placedBy(rows: readonly ContainerRow[], known: ReadonlyMap<string, Known>): readonly (SubjectId | null)[] {
  return rows.flatMap((row) => {
    const before = known.get(row.id);
    if (!isUp(row.state) && (before === undefined || !isUp(before.state))) return [];
    return [row.subject, before?.subject ?? null];
  });
}
