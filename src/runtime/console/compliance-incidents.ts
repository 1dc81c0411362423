import { sql } from 'kysely';
import {
  type ComplianceAlert,
  type PulledBrake,
  readAlerts,
  readBrakes,
  readStopped,
  type StoppedContainer,
} from '#compliance/console/index.ts';
import type { Transaction } from '#store/index.ts';
import type { Detection } from '../contract.ts';
import { incidentTitle } from '../incident.ts';
import type { Dependencies } from './dependencies.ts';
import { incidentsChanged } from './facts.ts';
import { storeDetections } from './report-detections.ts';
import { type Reported, reportedContainer, reportedDetection, reportedId } from './reported-detection.ts';
import { runtimeSchema } from './schema.ts';

const topic = 'compliance';
/** Who closes what is over, and what is said then: a person who has that name says something else. */
const closedBy = 'console';
const closedNote = 'It meets its rule now, or it ended, or no rule alerts for it.';
/** Milliseconds within which what became of an order to stop a container is looked for, and an incident that closed goes on. */
const lately = 60 * 60_000;

/**
 * Opens an incident for each subject that does not meet its compliance rule, and for each rule whose brake is on; closes
 * what is over. A container that was stopped stays open until somebody looked at it.
 */
export async function reportCompliance({ store, clock }: Dependencies, host: string): Promise<void> {
  await store.transaction(async (transaction) => {
    await transaction.lock(`detections ${host}`);
    const at = clock();
    const alerts = await readAlerts(transaction, host);
    const stopped = await readStopped(transaction, host, new Date(at.getTime() - lately));
    const images = new Map(alerts.map(({ id, place }) => [id, place.images[0] ?? '']));
    const brakes = (await readBrakes(transaction, host)).map((brake) => ofBrake(host, brake));
    const lasting = [...alerts.map((alert) => ofAlert(host, alert)), ...brakes];
    const ended = stopped.map((stop) => ofStop(stop, images.get(stop.container) ?? ''));
    await reopen(transaction, { host, at, lasting });
    const open = await readOpen(transaction, host);
    const fresh = lasting.filter(({ container }) => !open.has(container.id));
    const bodies = [...fresh, ...ended];
    await storeDetections(
      transaction,
      host,
      bodies.map((body) => ({ at, body, topic })),
    );
    await renew(transaction, { lasting, open, at });
    await close(transaction, { host, at, kept: lasting.map(({ container }) => container.id) });
  });
}

/**
 * What fails and passes in turn is one incident: the last one of a subject goes on where it closed by itself a short time ago.
 * Whoever has a container flip makes no more of them.
 */
async function reopen(
  transaction: Transaction,
  { host, at, lasting }: { readonly host: string; readonly at: Date; readonly lasting: readonly Detection[] },
): Promise<void> {
  const subjects = lasting.map(({ container }) => container.id);
  const since = new Date(at.getTime() - lately).toISOString();
  const { rows } = await sql<{ id: number }>`
    update runtime.incident set state = 'open', acknowledged = null, last_at = ${at}
    where id in (
      select distinct on (container) id from runtime.incident
      where host = ${host} and topic = ${topic} and container = any(${subjects}::text[])
      order by container, id desc)
    and state = 'closed' and acknowledged->>'by' = ${closedBy}
      and acknowledged->>'note' = ${closedNote} and acknowledged->>'at' > ${since}
    returning id`.execute(transaction.query(runtimeSchema));
  await transaction.announceAll(
    incidentsChanged,
    rows.map(({ id }) => ({ incident: id })),
  );
}

interface OpenIncident {
  readonly id: number;
  readonly container: string;
  readonly title: string;
  readonly outcome: Detection['outcome'];
}

async function readOpen(transaction: Transaction, host: string): Promise<ReadonlyMap<string, OpenIncident>> {
  const rows = await transaction
    .query(runtimeSchema)
    .selectFrom('incident')
    .select(['id', 'container', 'title', 'outcome'])
    .where('host', '=', host)
    .where('topic', '=', topic)
    .where('state', '!=', 'closed')
    .orderBy('id')
    .execute();
  return new Map(rows.map((row) => [row.container, row]));
}

/** Other checks fail now: the incident says so. What was stopped stays the title. */
async function renew(
  transaction: Transaction,
  of: {
    readonly lasting: readonly Detection[];
    readonly open: ReadonlyMap<string, OpenIncident>;
    readonly at: Date;
  },
): Promise<void> {
  for (const { container, message } of of.lasting) {
    const incident = of.open.get(container.id);
    const title = incidentTitle(container.name, message);
    if (incident === undefined || incident.title === title || incident.outcome === 'stopped') continue;
    await transaction
      .query(runtimeSchema)
      .updateTable('incident')
      .set({ title, last_at: of.at })
      .where('id', '=', incident.id)
      .execute();
    await transaction.announce(incidentsChanged, { incident: incident.id });
  }
}

async function close(
  transaction: Transaction,
  { host, at, kept }: { readonly host: string; readonly at: Date; readonly kept: readonly string[] },
): Promise<void> {
  const acknowledged = JSON.stringify({ by: closedBy, at: at.toISOString(), note: closedNote });
  const { rows } = await sql<{ id: number }>`
    update runtime.incident set state = 'closed', acknowledged = ${acknowledged}
    where host = ${host} and topic = ${topic} and state <> 'closed' and outcome <> 'stopped'
      and container <> all(${kept}::text[])
    returning id`.execute(transaction.query(runtimeSchema));
  await transaction.announceAll(
    incidentsChanged,
    rows.map(({ id }) => ({ incident: id })),
  );
}

/** A container's incident stands under its id; another subject, and what is told besides its rule, under one of their own. */
function ofAlert(
  host: string,
  { kind, id, name, source, rule, severity, checks, since, place }: ComplianceAlert,
): Detection {
  const isContainer = kind === 'container' && rule !== undefined;
  const key = isContainer ? id : `compliance ${host} ${kind} ${id} ${source}`;
  const ids = checks.map((check) => check.id);
  const [first] = checks;
  const more = checks.length > 1 ? `, and ${checks.length - 1} more` : '';
  const named = first === undefined ? '' : ` ${first.title} (${first.id})${more}.`;
  const message =
    rule === undefined
      ? `An exception ended, and the check fails:${named}`
      : `It does not meet the compliance rule ${rule.name}:${named}`;
  return complianceDetection({
    id: reportedId(topic, JSON.stringify([key, since.toISOString(), ids])),
    time: since.toISOString(),
    container: reportedContainer({ id: key, name, image: place.images[0] ?? kind }),
    severity,
    message,
    seen: ids.join(', '),
    remedy:
      rule === undefined
        ? 'See on its page, under Compliance, what to change, or ask for another exception.'
        : 'See on its page, under Compliance, what to change. The incident closes by itself once it meets the rule.',
  });
}

function ofBrake(host: string, { rule, name, since, stopped, waiting }: PulledBrake): Detection {
  const containers = waiting === 1 ? '1 container' : `${waiting} containers`;
  const before = stopped.map((one) => `${one.containers} on ${one.name}`).join(', ');
  return complianceDetection({
    id: reportedId(topic, `brake ${rule} ${host} ${since.toISOString()}`),
    time: since.toISOString(),
    container: reportedContainer({ id: `compliance brake ${rule} ${host}`, name: host, image: 'compliance rule' }),
    severity: 'critical',
    message: `The compliance rule ${name} would stop more containers than it may. It stops none on ${host} now.`,
    seen: `${containers} of ${host} ${waiting === 1 ? 'fails' : 'fail'} what the rule ${name} blocks, and ran on.${
      before === '' ? '' : ` It had stopped in ten minutes: ${before}.`
    }`.slice(0, 2000),
    remedy:
      'See on the page Compliance rules what the rule would stop. Correct the rule or the containers. To let it stop more, try the rule again and save it.',
  });
}

/** Before the name of the rule. */
const outcomeWords = {
  stopped: 'It was stopped by the compliance rule',
  ended: 'It had ended before it was stopped by the compliance rule',
  failed: 'It could not be stopped, as it is to be by the compliance rule',
  unanswered: 'Its host did not answer when it was to be stopped by the compliance rule',
} as const satisfies Readonly<Record<StoppedContainer['outcome'], string>>;

function ofStop(
  { order, container, name, rule, failing, endedAt, outcome, reason }: StoppedContainer,
  image: string,
): Detection {
  const because = reason === undefined ? '' : ` ${reason}`;
  const isRunning = outcome === 'failed' || outcome === 'unanswered';
  return complianceDetection({
    id: reportedId(topic, `stop ${order}`),
    time: endedAt.toISOString(),
    container: reportedContainer({ id: container, name, image }),
    severity: isRunning ? 'critical' : 'high',
    outcome: outcome === 'stopped' ? 'stopped' : 'observed',
    message: `${outcomeWords[outcome]} ${rule.name}.${because}`.slice(0, 2000),
    seen: `${failing.join(', ')} failed in two looks in a row.`,
    remedy: isRunning
      ? 'See whether the agent and the engine of the host work, and stop the container there.'
      : 'Change what the checks name before it is started again: see its page, under Compliance.',
  });
}

function complianceDetection(reported: Omit<Reported, 'detector' | 'program' | 'expected'>): Detection {
  const expected = 'Every subject passes the checks that its compliance rule names.';
  return reportedDetection({ ...reported, detector: topic, program: 'seawall console', expected });
}
