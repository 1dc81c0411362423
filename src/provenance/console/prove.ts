import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { digestPattern, type SubjectId } from '#base/index.ts';
import { listCountingScans, publishedHints, readScan, readShownScan, type StoredScan } from '#catalog/console/index.ts';
import type { Subject } from '#image/index.ts';
import { placedSubjects, readImageNames } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { KnownLayers } from '../base-layers.ts';
import type { TrustedRegistry } from '../contract.ts';
import { currentProvenance, layersKey, type StoredProvenance, withProven } from '../current.ts';
import { readSigningKey } from '../keys.ts';
import { isSettled, type Looked, lookFor } from '../look.ts';
import { type OriginHints, questionKey, questionsOf } from '../questions.ts';
import { provenanceChanged } from './facts.ts';
import type { Dependencies } from './dependencies.ts';
import { dueSubjects, keyed, type ProofRow, readProof, storeProof, unlookedSubjects } from './proofs.ts';
import { accessOf, readTrustInForce, readVersions } from './trust.ts';

const minute = 60_000;
/** Longest time until a registry that was away is asked again, and until new signatures are looked for. */
const longestWait = { away: 60 * minute, answered: 24 * 60 * minute };
/**
 * Longest time (milliseconds) for one image: some slow answers, each as long as a registry's patience. A registry that
 * needs longer for all questions holds up no other image; what is missing is asked for again.
 */
const longestLook = 60_000;
/** Images of one run that are looked for at once. */
const atOnce = 4;
const batch = 40;

/** `due`: unless nothing can have changed. `now`: because a person asks. */
export type Urgency = 'due' | 'now';

/**
 * Looks for what can be proven of an image and keeps it. Where nothing is trusted nothing is looked for. The network is
 * asked without a transaction; what was trusted meanwhile is told by the versions that are kept with the proof.
 */
export async function prove(dependencies: Dependencies, subject: SubjectId, urgency: Urgency): Promise<void> {
  const { store, clock, masterKey } = dependencies;
  if (!digestPattern.test(subject)) return;
  const { trust, versions, rows } = await readTrustInForce(store);
  const before = await readProof(store, subject);
  if (trust.registries.length + trust.keys.length + trust.bases.length === 0 && before === undefined) return;
  const known = await knownOf(store, subject);
  const hints = hintsKey(known, trust.registries);
  if (urgency === 'due' && before?.hints === hints && (before.due_at === null || before.due_at > clock())) return;
  const looked = await lookFor(subject, {
    trusted: { ...trust, keys: trust.keys.map(readSigningKey) },
    hints: known.hints,
    scanned: known.layers,
    access: ({ id }) => {
      const row = rows.find((one) => one.id === id);
      if (row === undefined) throw new Error(`the registry ${id} is not trusted`);
      return accessOf(row, masterKey);
    },
    within: longestLook,
  });
  const attempts = before?.hints === hints && urgency === 'due' ? before.attempts + 1 : 0;
  const at = clock();
  const provenance = { ...looked.provenance, lookedAt: at.toISOString(), lookedBy: 'the console' };
  const layersBy = looked.areLayersScanned ? known.layersBy : undefined;
  const found = { provenance, trusted: versions, ...(layersBy === undefined ? {} : { layersBy }) };
  const stored = withProven(found, before?.stored);
  const due_at = nextLook({ ...looked, ...stored }, attempts, at);
  const kept = await keep(dependencies, { subject, stored, hints, looked_at: at, due_at, attempts });
  if (kept === 'outdated') await prove(dependencies, subject, urgency);
}

function nextLook(
  { provenance, isAway }: Pick<Looked, 'provenance' | 'isAway'>,
  attempts: number,
  now: Date,
): Date | null {
  if (isSettled(provenance)) return null;
  const longest = isAway ? longestWait.away : longestWait.answered;
  return new Date(now.getTime() + Math.min(longest, minute * 2 ** Math.min(attempts, 20)));
}

/** `outdated`: what is trusted changed while it was looked for, so that it has to be looked for again. */
async function keep({ store }: Dependencies, row: ProofRow): Promise<'current' | 'outdated'> {
  return await store.transaction(async (transaction) => {
    await transaction.lock('provenance-trust');
    const versions = await readVersions(transaction);
    const { layersBy } = row.stored;
    const keyOf = (stored: StoredProvenance | undefined) => keyed(currentProvenance(stored, versions, layersBy)).key;
    const before = await readProof(transaction, row.subject);
    const isCurrent = isDeepStrictEqual(row.stored.trusted, versions);
    await storeProof(transaction, isCurrent ? row : { ...row, due_at: row.looked_at });
    if (keyOf(before?.stored) !== keyOf(row.stored))
      await transaction.announce(provenanceChanged, { subject: row.subject });
    return isCurrent ? 'current' : 'outdated';
  });
}

interface Known {
  readonly hints: OriginHints;
  readonly layers: KnownLayers;
  /** Which layers these are, see `layersKey`; missing: nobody told them. */
  readonly layersBy?: string;
}

/** The same while nothing else is to be asked: names that lead to no question change nothing. */
function hintsKey({ hints, layers, layersBy }: Known, registries: readonly TrustedRegistry[]): string {
  const asked = questionsOf(hints, registries).asked.map(questionKey).toSorted();
  return createHash('sha256')
    .update(JSON.stringify([asked, layers.state === 'known' ? layers.diffIds : [], layersBy]))
    .digest('base64url');
}

/** What engines and scans say of an image. What tokens publish is asked for last, believed or not: only what a registry answers counts. */
async function knownOf(queries: Queries, subject: SubjectId): Promise<Known> {
  const reported = await readImageNames(queries, subject);
  const speaking = await readShownScan(queries, subject);
  const scan = speaking && (await readScan(queries, speaking.scan));
  const published = await publishedHints(queries, subject);
  const { names, manifests } = namesIn(scan?.document);
  const hints = {
    reported: [...(scan === undefined ? [] : [names]), ...reported, published.names],
    manifests: [...new Set([...manifests, ...published.manifests])],
  };
  if (scan === undefined) return { hints, layers: unscanned };
  return { hints, layers: layersOf(scan), layersBy: layersKey(scan.layers) };
}

function namesIn(document: Subject | undefined): {
  readonly names: readonly string[];
  readonly manifests: readonly string[];
} {
  if (document?.kind !== 'image') return { names: [], manifests: [] };
  const { manifestDigest, indexDigest, names } = document;
  return { names, manifests: [manifestDigest, indexDigest].filter((digest) => digest !== undefined) };
}

const unscanned: KnownLayers = { state: 'unknown', why: 'No trusted scan lists its layers.' };

function layersOf({ document, publisher }: StoredScan): KnownLayers {
  if (document.kind !== 'image') return unscanned;
  const diffIds = document.layers.map(({ diffId }) => diffId);
  return { state: 'known', diffIds, by: `by the scan of ${publisher.name}` };
}

/** Looks for one image when there is a place for it. */
export type ProveOne = (subject: SubjectId) => Promise<void>;

/** Looks for everything that is due, and, after a change of what is trusted, for what was never looked for. */
export async function proveDue({ store, clock }: Dependencies, prove: ProveOne, which: 'due' | 'all'): Promise<void> {
  const fresh = which === 'all' ? await unlookedSubjects(store, await allSubjects(store)) : [];
  await proveEach(prove, fresh);
  for (;;) {
    const due = await dueSubjects(store, clock(), batch);
    await proveEach(prove, due);
    if (due.length < batch) return;
  }
}

async function proveEach(prove: ProveOne, subjects: readonly SubjectId[]): Promise<void> {
  const waiting = subjects.values();
  const work = async (): Promise<void> => {
    for (const subject of waiting) await prove(subject);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

async function allSubjects(queries: Queries): Promise<readonly SubjectId[]> {
  const scanned = (await listCountingScans(queries)).map(({ subject }) => subject);
  return [...new Set([...scanned, ...(await placedSubjects(queries))])].filter((subject) =>
    digestPattern.test(subject),
  );
}
