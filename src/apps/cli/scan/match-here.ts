import type { OpenedTarget } from '#image/index.ts';
import type { MatchResult } from '#vulnerability/index.ts';
import type { CommandCall } from '../command.ts';
import { sourcesDigest } from '../sources-digest.ts';
import type { DatabaseHere } from './judge-here.ts';
import { keepScan, type KeepingScans, recallScan } from './kept-scan.ts';
import { scanShown } from './scan-request.ts';
import type { MatchedScan, Scanned, ScanRequest } from './scan-target.ts';

interface Matching extends Pick<CommandCall, 'terminal'> {
  /** Digest of the sources of this program; missing: as it was bundled. */
  readonly sources?: string;
}

/** Scans and matches, or takes both from an earlier scan of the same image: where its layers may be known from one too. */
export async function matchHere(
  request: ScanRequest,
  database: DatabaseHere,
  { terminal, sources = sourcesDigest }: Matching,
): Promise<MatchedScan> {
  const keeping = keepingScans(request, database, sources);
  if (keeping === undefined) return await matched(await scanShown(request, terminal), database);
  const recall = async (opened: OpenedTarget) => await recallScan(opened, request, keeping);
  let isOfKeptLayers = false;
  const onKeptLayers = () => void (isOfKeptLayers = true);
  const found = await scanShown({ ...request, recall, onKeptLayers }, terminal);
  if (found.matched !== undefined) return { ...found, matched: found.matched };
  const made = await matched(found, database);
  if (isOfKeptLayers) keepScan(made, request, keeping);
  return made;
}

/** A scan that hashes everything anew, and one with a database or by a program that may change, keeps and recalls nothing. */
function keepingScans(
  { keeping, cacheFolder }: ScanRequest,
  database: DatabaseHere,
  sources: string | undefined,
): KeepingScans | undefined {
  const digest = database.state === 'ready' ? database.open.digest : undefined;
  if (keeping === undefined || cacheFolder === undefined || digest === undefined || sources === undefined)
    return undefined;
  return { cacheFolder, uid: keeping.uid, sources, database: digest };
}

/** Without a database nothing is matched. */
const unmatched: MatchResult = { findings: [], feeds: [], faults: [] };

async function matched(scanned: Scanned, database: DatabaseHere): Promise<MatchedScan> {
  const { imageDocumentOf, matchCatalog, upgradesOf } = await import('./analyze-here.ts');
  const { catalog } = scanned;
  const found = database.state === 'ready' ? matchCatalog(catalog, database.open) : unmatched;
  const document = imageDocumentOf(catalog);
  return { ...scanned, matched: { ...found, upgrades: upgradesOf(found.findings), document } };
}
