import { sql } from 'kysely';
import { type ImageDigest, isImageDigest } from '#base/index.ts';
import {
  type ContainerInPlace,
  readContainersOnHost,
  readHostState,
  subjectsKnownOnHost,
} from '#inventory/console/index.ts';
import { type FactHandler, firstReported, type ReadFact, readFacts } from '#link/console/index.ts';
import type { Transaction } from '#store/index.ts';
import { Detection, type ModelKey } from '../contract.ts';
import { modelIdIn } from '../model-id.ts';
import { incidentsChanged } from './facts.ts';
import { keyOfContainer } from './follow-host.ts';
import { joinDetections } from './join-detections.ts';
import { subjectOf } from './dependencies.ts';
import { type IncidentTopic, type Place, runtimeSchema } from './schema.ts';
import type { PlacedDetection } from './placed-detection.ts';

/** Detections that are written at once. */
const together = 50;

/** A detection as it came in; `topic`: the console's own. */
export type ReportedDetection = ReadFact<Detection> & { readonly topic?: IncidentTopic };

/** Fact `detection`: each is stored once, whatever is told again, and belongs to one incident. */
export const reportDetections: FactHandler = async (transaction, { name: host }, facts) => {
  const reported = readFacts(facts, Detection);
  await storeDetections(transaction, host, reported);
};

/** Stores those that are told for the first time, and opens or continues their incidents. */
export async function storeDetections(
  transaction: Transaction,
  host: string,
  reported: readonly ReportedDetection[],
): Promise<void> {
  await transaction.lock(`detections ${host}`);
  const fresh = await firstReported(reported, (ids) => knownOf(transaction, host, ids));
  const topics = new Map(reported.map(({ body, topic }) => [body.id, topic ?? null]));
  const detections = (await placed(transaction, host, fresh)).map((one) => ({
    ...one,
    topic: topics.get(one.row.id) ?? null,
  }));
  const incidents = await joinDetections(transaction, detections);
  const stored = detections.map((one, at) => ({ ...one, incident: incidents[at] ?? null }));
  for (let first = 0; first < stored.length; first += together)
    await store(transaction, stored.slice(first, first + together));
  const touched = [...new Set(incidents)].flatMap((incident) => (incident === undefined ? [] : [{ incident }]));
  await transaction.announceAll(incidentsChanged, touched);
}

/** Which of these ids are stored. */
function knownOf(
  transaction: Transaction,
  host: string,
  ids: readonly string[],
): Promise<readonly { readonly id: string }[]> {
  return transaction
    .query(runtimeSchema)
    .selectFrom('detection')
    .select('id')
    .where('host', '=', host)
    .where('id', '=', sql<string>`any(${ids}::text[])`)
    .execute();
}

async function placed(
  transaction: Transaction,
  host: string,
  reported: readonly ReadFact<Detection>[],
): Promise<readonly Omit<PlacedDetection, 'topic'>[]> {
  const ids = reported.map(({ body }) => body.container.id);
  const containers = await readContainersOnHost(transaction, host, ids);
  const state = await readHostState(transaction, host);
  const subjects = reported.flatMap(({ body }) =>
    body.imageDigest === undefined ? [] : [subjectOf(body.imageDigest)],
  );
  const held = await subjectsKnownOnHost(transaction, host, subjects);
  return reported.map(({ at, body }) => {
    const container = containers.get(body.container.id);
    const place = container?.place ?? placeOnHost(host, body, state?.environment);
    const digest = digestOf(body, container, held);
    return {
      place,
      detection: body,
      row: {
        host,
        id: body.id,
        // A host's clock may be ahead of what the console makes of it.
        time: new Date(Math.min(new Date(body.time).getTime(), at.getTime())),
        received_at: at,
        container: body.container.id,
        container_name: body.container.name,
        digest: digest ?? null,
        model: digest === undefined ? null : modelIdIn(keyOf(body, digest, container), place.environment),
        environment: place.environment ?? null,
        notice: body.notice,
        effect: body.effect,
        outcome: body.outcome,
        rule: body.rule?.id ?? null,
      },
    };
  });
}

/** A container that is known has the command that the inventory says. */
function keyOf({ entrypoint }: Detection, digest: ImageDigest, container: ContainerInPlace | undefined): ModelKey {
  return (container === undefined ? undefined : keyOfContainer(container)) ?? { digest, entrypoint };
}

/** One that is not known stands where its host does. */
function placeOnHost(host: string, { container }: Detection, environment: string | undefined): Place {
  return { host, images: [container.image], labels: {}, ...(environment === undefined ? {} : { environment }) };
}

/** What the inventory says comes first; an image that the host never held is none of its own. */
function digestOf(
  { imageDigest }: Detection,
  container: ContainerInPlace | undefined,
  held: ReadonlySet<string>,
): ImageDigest | undefined {
  if (container?.subject !== undefined && isImageDigest(container.subject)) return container.subject;
  return imageDigest !== undefined && held.has(imageDigest) ? imageDigest : undefined;
}

type StoredDetection = Omit<PlacedDetection, 'topic'> & { readonly incident: number | null };

/** In their order. */
async function store(transaction: Transaction, detections: readonly StoredDetection[]): Promise<void> {
  await transaction
    .query(runtimeSchema)
    .insertInto('detection')
    .values(
      detections.map(({ row, place, detection, incident }) => ({
        ...row,
        incident,
        place: JSON.stringify(place),
        detection: JSON.stringify(detection),
      })),
    )
    .execute();
}
