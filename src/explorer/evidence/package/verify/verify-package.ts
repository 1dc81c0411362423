import { createHash } from 'node:crypto';
import type { LogPart } from '../evidence.ts';
import { hashInPath, isTrialPath, paths } from '../paths.ts';
import { FactsLine, HeadLine, Manifest, ManifestSignature, RowLine, StatusLine } from '../schema.ts';
import { checkSignature } from '../sign.ts';
import { type OpenArchive, openArchive } from './archive.ts';
import { type EvidenceProblem, keptProblems, type Verification } from './problem.ts';
import { BadLine, readLines, readValue } from './read-lines.ts';
import { verifyEvidence } from './verify-evidence.ts';
import { verifyTrials } from './verify-trials.ts';

/** Verifies a package by the fingerprints of the keys that are trusted. It asks nobody. */
export function verifyPackage(content: Uint8Array, fingerprints: readonly string[]): Verification {
  try {
    return verifyArchive(openArchive(content), fingerprints);
  } catch (error) {
    if (error instanceof BadLine) return failed([{ reason: 'unreadable', detail: error.message }]);
    throw error;
  }
}

function verifyArchive(
  archive: OpenArchive | readonly EvidenceProblem[],
  fingerprints: readonly string[],
): Verification {
  if (!('paths' in archive)) return failed(archive);
  const signed = readSigned(archive);
  if ('reason' in signed) return failed([signed]);
  const { manifest, signature } = signed;
  const checked = checkSignature({ purpose: 'manifest', text: manifest, ...signature }, fingerprints);
  if (checked.state !== 'signed') return failed([{ reason: checked.state, detail: checked.reason }]);
  const named = readValue(manifest, Manifest, paths.manifest);
  const read = readFiles(archive, named);
  if (read.problems.length > 0) return failed(read.problems);
  const found = { installation: named.installation, keys: checked.keys, ...contentOf(read) };
  const { rows, heads, problems: ofLog } = verifyEvidence(found);
  const { trials, authorities, problems: ofTrials } = verifyTrials(trialsIn(read));
  const problems = [...ofLog, ...ofTrials];
  if (problems.length > 0) return failed(problems);
  if (rows !== named.rows)
    return failed([{ reason: 'unreadable', detail: `The manifest names ${named.rows} rows; there are ${rows}.` }]);
  const forgotten = found.log.reduce((sum, part) => sum + (part.forgotten?.length ?? 0), 0);
  return {
    state: 'verified',
    verified: {
      installation: named.installation,
      at: named.at,
      about: `${named.template}. ${named.scope}`,
      files: named.files.length,
      rows,
      heads,
      ...(forgotten > 0 && { forgotten }),
      documents: found.texts.length,
      trials,
      authorities,
    },
  };
}

function failed(problems: readonly EvidenceProblem[]): Verification {
  return { state: 'not-verified', problems: problems.slice(0, keptProblems) };
}

/** Bytes that a manifest and a signature may have. */
const longestManifest = 64 * 1024 * 1024;

function readSigned(
  archive: OpenArchive,
): { readonly manifest: string; readonly signature: ManifestSignature } | EvidenceProblem {
  const [manifest, signature] = [archive.read(paths.manifest), archive.read(paths.signature)];
  if ('reason' in manifest) return manifest;
  if ('reason' in signature) return signature;
  if (manifest.length + signature.length > longestManifest)
    return { reason: 'too-large', detail: 'The manifest is larger than 64 MiB.' };
  return {
    manifest: Buffer.from(manifest).toString('utf8'),
    signature: readValue(Buffer.from(signature).toString('utf8'), ManifestSignature, paths.signature),
  };
}

interface ReadFiles {
  readonly problems: readonly EvidenceProblem[];
  /** Contents that are looked at, by their paths. */
  readonly kept: ReadonlyMap<string, Uint8Array>;
}

const lookedAt: ReadonlySet<string> = new Set([paths.facts, paths.statuses, paths.parts, paths.rows]);

/** Compares each file with the manifest, and keeps what is evidence. */
function readFiles(archive: OpenArchive, { files }: Manifest): ReadFiles {
  const named = new Set([...files.map(({ path }) => path), paths.manifest, paths.signature]);
  const problems: EvidenceProblem[] = [...archive.paths]
    .filter((path) => !named.has(path))
    .map((path) => ({ reason: 'file-unknown', path }));
  const kept = new Map<string, Uint8Array>();
  for (const { path, bytes, sha256 } of files) {
    const content = archive.read(path);
    if ('reason' in content) problems.push(content);
    else if (content.length !== bytes || createHash('sha256').update(content).digest('hex') !== sha256)
      problems.push({ reason: 'file-changed', path });
    else if (lookedAt.has(path) || hashInPath(path) !== undefined || isTrialPath(path)) kept.set(path, content);
  }
  return { problems, kept };
}

function contentOf({ kept }: ReadFiles) {
  const lines = (path: string): Uint8Array => kept.get(path) ?? new Uint8Array(0);
  const documents = [...kept].flatMap(([path, content]) => {
    const hash = hashInPath(path);
    return hash === undefined ? [] : [{ hash, text: Buffer.from(content).toString('utf8') }];
  });
  return {
    log: partsOf(readLines(lines(paths.parts), HeadLine), readLines(lines(paths.rows), RowLine)),
    facts: readLines(lines(paths.facts), FactsLine),
    texts: [...documents, ...readLines(lines(paths.statuses), StatusLine)],
  };
}

function trialsIn({ kept }: ReadFiles) {
  return [...kept].flatMap(([name, content]) =>
    isTrialPath(name) ? [{ name, text: Buffer.from(content).toString('utf8') }] : [],
  );
}

type Heads = ReturnType<typeof readLines<typeof HeadLine>>;
type Rows = ReturnType<typeof readLines<typeof RowLine>>;

function partsOf(heads: Heads, rows: Rows): readonly LogPart[] {
  const headsOf = Map.groupBy(heads, ({ part }) => part);
  const rowsOf = Map.groupBy(rows, ({ part }) => part);
  return [...new Set([...headsOf.keys(), ...rowsOf.keys()])].map((part) => {
    const own = rowsOf.get(part) ?? [];
    const whole = own.flatMap((row) => ('proof' in row ? [] : [row]));
    return {
      heads: (headsOf.get(part) ?? []).map(({ head, signature }) => ({ head, signature })),
      forgotten: (headsOf.get(part) ?? []).flatMap(({ head, forgotten }) => (forgotten ? [head.batch] : [])),
      batches: [...Map.groupBy(whole, ({ batch }) => batch)].map(([batch, some]) => ({
        batch,
        texts: some.map(({ text }) => text),
      })),
      leaves: own.flatMap((row) => ('proof' in row ? [{ text: row.text, proof: row.proof }] : [])),
    };
  });
}
