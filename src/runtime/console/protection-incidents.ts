import { sql } from 'kysely';
import { ProtectionCause } from '#inventory/contract.ts';
import type { Transaction } from '#store/index.ts';
import type { Detection } from '../contract.ts';
import { incidentTitle } from '../incident.ts';
import { allSeen, type Concerned, concernedTitle, keepConcerned } from './concerned-containers.ts';
import { incidentsChanged } from './facts.ts';
import type { IncidentRow } from './incidents.ts';
import type { ProtectedContainer } from './protections.ts';
import { storeDetections } from './report-detections.ts';
import { runtimeSchema } from './schema.ts';
import { protectionDetector, reportedContainer, reportedDetection, reportedId } from './reported-detection.ts';

/** A container that is not protected as its rule asks, and since when the console knows it. */
export interface Unprotected {
  readonly container: ProtectedContainer;
  readonly since: Date;
}

export interface HostProtectionState {
  readonly host: string;
  readonly at: Date;
  /** For longer than the grace. */
  readonly due: readonly Unprotected[];
  /** Those of which their host says nothing: what is open stays open. */
  readonly silent: readonly ProtectedContainer[];
}

/** With more containers that lack the same, they are one incident of their host. */
const mostAlone = 10;

/** Opens what is new, closes what is over. Needs the lock of the host's detections. */
export async function saveProtectionIncidents(
  transaction: Transaction,
  { host, at, due, silent }: HostProtectionState,
): Promise<void> {
  const groups = Map.groupBy(due, ({ container }) => container.protection.cause);
  const wanted = [...groups].flatMap(([cause, some]): readonly Wanted[] =>
    some.length > mostAlone || cause === 'sensor-away'
      ? [ofHost({ host, at, cause, some })]
      : some.map((one) => ofContainer(one, at)),
  );
  const open = await readOpen(transaction, host);
  const kept = [...wanted.map(({ body }) => body.container.id), ...silent.map(({ id }) => id)];
  // Of a host that does not speak of all nobody knows whether what many of them lacked is over.
  if (silent.length > 0 && groups.size === 0)
    kept.push(...ProtectionCause.options.map((cause) => ofWhole(host, cause).id));
  await close(transaction, { host, at, kept });
  const known = new Set([...open.map(({ container }) => container), ...(await readFurther(transaction, host))]);
  const fresh = wanted.filter(({ body }) => !known.has(body.container.id));
  await storeDetections(
    transaction,
    host,
    fresh.map(({ body }) => ({ at, body, topic: 'unprotected' as const })),
  );
  await renew(transaction, { host, at, wanted });
}

/** An incident that is to be open. */
interface Wanted {
  readonly body: Detection;
  readonly title: string;
  /** Of an incident of the host: the containers that it is about. What it stores beside them names none. */
  readonly concerned?: readonly Concerned[];
}

/** Something else is the reason now, or other containers lack it. */
async function renew(
  transaction: Transaction,
  { host, at, wanted }: { readonly host: string; readonly at: Date; readonly wanted: readonly Wanted[] },
): Promise<void> {
  const byContainer = new Map(wanted.map((one) => [one.body.container.id, one]));
  for (const { id, container, title } of await readOpen(transaction, host)) {
    const now = byContainer.get(container);
    if (now === undefined) continue;
    const isChanged = now.concerned !== undefined && (await keepConcerned(transaction, id, now.concerned));
    if (isChanged || now.title !== title) await retitle(transaction, { id, title: now.title, at });
  }
}

type OpenIncident = Pick<IncidentRow, 'id' | 'container' | 'title'>;

async function readOpen(transaction: Transaction, host: string): Promise<readonly OpenIncident[]> {
  return await transaction
    .query(runtimeSchema)
    .selectFrom('incident')
    .select(['id', 'container', 'title'])
    .where('host', '=', host)
    .where('topic', '=', 'unprotected')
    .where('state', '!=', 'closed')
    .execute();
}

/** Containers that are told of in an open incident of what is beyond the host's number: not again every few seconds. */
async function readFurther(transaction: Transaction, host: string): Promise<readonly string[]> {
  const rows = await transaction
    .query(runtimeSchema)
    .selectFrom('incident')
    .innerJoin('detection', 'detection.incident', 'incident.id')
    .select('detection.container')
    .distinct()
    .where('incident.host', '=', host)
    .where('incident.topic', '=', 'further')
    .where('incident.state', '!=', 'closed')
    .where('detection.id', 'like', 'unprotected %')
    .execute();
  return rows.map(({ container }) => container);
}

async function retitle(
  transaction: Transaction,
  { id, title, at }: { readonly id: number; readonly title: string; readonly at: Date },
): Promise<void> {
  await transaction
    .query(runtimeSchema)
    .updateTable('incident')
    .set({ title, last_at: at })
    .where('id', '=', id)
    .execute();
  await transaction.announce(incidentsChanged, { incident: id });
}

async function close(
  transaction: Transaction,
  { host, at, kept }: { readonly host: string; readonly at: Date; readonly kept: readonly string[] },
): Promise<void> {
  const note =
    'Its host reports that it is protected as its rule asks, or it ended, or no rule prevents anything in it.';
  const acknowledged = JSON.stringify({ by: 'console', at: at.toISOString(), note });
  const { rows } = await sql<{ id: number }>`
    update runtime.incident set state = 'closed', acknowledged = ${acknowledged}
    where host = ${host} and topic = 'unprotected' and state <> 'closed' and container <> all(${kept}::text[])
    returning id`.execute(transaction.query(runtimeSchema));
  await transaction.announceAll(
    incidentsChanged,
    rows.map(({ id }) => ({ incident: id })),
  );
}

function ofContainer({ container, since }: Unprotected, at: Date): Wanted {
  const { id, name, image, protection } = container;
  const rule = protection.rule?.name ?? '';
  const body = unprotected({
    key: id,
    at,
    container: reportedContainer({ id, name, image }),
    message: `It is not protected as the rule ${rule} asks. ${protection.reason}`,
    seen: `Not protected since ${since.toISOString().slice(0, 19).replace('T', ' ')} UTC. ${protection.reason}`,
  });
  return { body, title: incidentTitle(body.container.name, body.message) };
}

function ofHost(of: {
  readonly host: string;
  readonly at: Date;
  readonly cause: ProtectionCause | undefined;
  readonly some: readonly Unprotected[];
}): Wanted {
  const { host, at, cause, some } = of;
  const whole = ofWhole(host, cause);
  const concerned = some.map(toConcerned).toSorted(byName);
  const body = unprotected({
    key: whole.id,
    at,
    container: whole,
    message: 'Containers of this host are not protected as their rules ask.',
    seen: 'Containers of this host lack what their rules ask for.',
  });
  return { body, title: concernedTitle(whole.name, allSeen(concerned)), concerned };
}

function toConcerned({ container: { id, name, place, protection } }: Unprotected): Concerned {
  return { container: id, name, place, reason: protection.reason };
}

function byName(one: Concerned, other: Concerned): number {
  return one.name < other.name ? -1 : one.name > other.name ? 1 : 0;
}

/** Under which an incident of many containers of a host stands. */
function ofWhole(host: string, cause: ProtectionCause | undefined): Detection['container'] {
  return reportedContainer({ id: `unprotected ${host} ${cause ?? ''}`, name: host, image: '' });
}

function unprotected(what: {
  readonly key: string;
  readonly at: Date;
  readonly container: Detection['container'];
  readonly message: string;
  readonly seen: string;
}): Detection {
  const { key, at, container, message, seen } = what;
  const time = at.toISOString();
  return reportedDetection({
    id: reportedId('unprotected', `${key} ${time}`),
    time,
    detector: protectionDetector,
    container,
    severity: 'high',
    program: 'seawall-sensor',
    message: message.slice(0, 2000),
    expected: 'Where a rule prevents, the sensor has armed the container with what the rule asks for.',
    seen: seen.slice(0, 2000),
    remedy:
      'See on the page of the container, or of its host, what is missing and why. The incident closes by itself once the host reports that the container is armed.',
  });
}
