import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { digestPattern, type SubjectId } from '#base/index.ts';
import { listCurrentScans, readScan, readSpeakingScan, readSubject } from '#catalog/console/index.ts';
import type { Subject } from '#image/index.ts';
import { placedSubjects, readImageNames } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { KnownLayers } from '../base-layers.ts';
import { currentProvenance, type StoredProvenance } from '../current.ts';
import type { OriginHints } from '../find-origin.ts';
import { readSigningKey } from '../keys.ts';
import { isSettled, type Looked, lookFor } from '../look.ts';
import { provenanceChanged } from './facts.ts';
import type { Parts } from './parts.ts';
import { dueSubjects, keyed, type ProofRow, readProof, storeProof, unlookedSubjects } from './proofs.ts';
import { accessOf, readTrustInForce, readVersions } from './trust.ts';

const minute = 60_000;
/** Longest time until a registry that was away is asked again, and until new signatures are looked for. */
const longestWait = { away: 60 * minute, answered: 24 * 60 * minute };
/** Images that are looked for at once. */
const atOnce = 4;
const batch = 40;

/** `due`: unless nothing can have changed. `now`: because a person asks. */
export type Urgency = 'due' | 'now';

/**
 * Looks for what can be proven of an image and keeps it. Where nothing is trusted nothing is looked for. The network is
 * asked without a transaction; what was trusted meanwhile is told by the versions that are kept with the proof.
 */
export async function prove(parts: Parts, subject: SubjectId, urgency: Urgency): Promise<void> {
  const { store, clock, masterKey } = parts;
  if (!digestPattern.test(subject)) return;
  const { trust, versions, rows } = await readTrustInForce(store);
  const before = await readProof(store, subject);
  if (trust.registries.length + trust.keys.length + trust.bases.length === 0 && before === undefined) return;
  const known = await knownOf(store, subject);
  const hints = createHash('sha256').update(JSON.stringify(known)).digest('base64url');
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
  });
  const attempts = before?.hints === hints && urgency === 'due' ? before.attempts + 1 : 0;
  const at = clock();
  const provenance = { ...looked.provenance, lookedAt: at.toISOString(), lookedBy: 'the console' };
  const stored = { provenance, trusted: versions };
  const due_at = nextLook(looked, attempts, at);
  const kept = await keep(parts, { subject, stored, hints, looked_at: at, due_at, attempts });
  if (kept === 'outdated') await prove(parts, subject, urgency);
}

function nextLook({ provenance, isAway }: Looked, attempts: number, now: Date): Date | null {
  if (isSettled(provenance)) return null;
  const longest = isAway ? longestWait.away : longestWait.answered;
  return new Date(now.getTime() + Math.min(longest, minute * 2 ** Math.min(attempts, 20)));
}

/** `outdated`: what is trusted changed while it was looked for, so that it has to be looked for again. */
async function keep({ store }: Parts, row: ProofRow): Promise<'current' | 'outdated'> {
  return await store.transaction(async (transaction) => {
    await transaction.lock('provenance-trust');
    const versions = await readVersions(transaction);
    const keyOf = (stored: StoredProvenance | undefined) => keyed(currentProvenance(stored, versions)).key;
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
}

/** What engines and scans say of an image. */
async function knownOf(queries: Queries, subject: SubjectId): Promise<Known> {
  const names = await readImageNames(queries, subject);
  const speaking = await readSpeakingScan(queries, subject);
  const scan = speaking && (await readScan(queries, speaking.scan));
  const document = scan?.document ?? (await readSubject(queries, subject))?.document;
  return { hints: withDocument(names, document), layers: layersOf(scan) };
}

function withDocument(names: readonly string[], document: Subject | undefined): OriginHints {
  if (document?.kind !== 'image') return { names, manifests: [] };
  const { manifestDigest, indexDigest } = document;
  const manifests = [manifestDigest, indexDigest].filter((digest) => digest !== undefined);
  return { names: [...new Set([...names, ...document.names])], manifests };
}

function layersOf(scan: Awaited<ReturnType<typeof readScan>>): KnownLayers {
  if (scan?.document.kind !== 'image') return { state: 'unknown', why: 'No scan that is believed tells its layers.' };
  const diffIds = scan.document.layers.map(({ diffId }) => diffId);
  return { state: 'known', diffIds, by: `by the scan of ${scan.witness.name}` };
}

/** Looks for everything that is due, and, after a change of what is trusted, for what was never looked for. */
export async function proveDue(parts: Parts, which: 'due' | 'all'): Promise<void> {
  const { store, clock } = parts;
  const fresh = which === 'all' ? await unlookedSubjects(store, await allSubjects(store)) : [];
  await proveEach(parts, fresh);
  for (;;) {
    const due = await dueSubjects(store, clock(), batch);
    await proveEach(parts, due);
    if (due.length < batch) return;
  }
}

async function proveEach(parts: Parts, subjects: readonly SubjectId[]): Promise<void> {
  const waiting = subjects.values();
  const work = async (): Promise<void> => {
    for (const subject of waiting) await prove(parts, subject, 'due');
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

async function allSubjects(queries: Queries): Promise<readonly SubjectId[]> {
  const scanned = (await listCurrentScans(queries)).map(({ subject }) => subject);
  return [...new Set([...scanned, ...(await placedSubjects(queries))])].filter((subject) =>
    digestPattern.test(subject),
  );
}
