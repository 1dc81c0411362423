import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { CheckState } from '#compliance/contract.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().min(0);
const text = z.string().max(4096);

/** `manifest.json`. */
export const Manifest = z.object({
  format: z.literal('seawall-evidence-package/1'),
  installation: text,
  template: text,
  at: text,
  madeAt: text,
  /** What the package speaks of, in one sentence. */
  scope: text,
  /** Rows of the log in it. */
  rows: count,
  files: z.array(z.object({ path: z.string().max(1024), bytes: count, sha256: hash })).max(100_000),
});
export type Manifest = z.infer<typeof Manifest>;

/** How one key gave over to the next; missing in packages from before there were any. */
const HandOvers = z
  .array(z.object({ statement: z.string().max(1000), from: z.string().max(200), to: z.string().max(200) }))
  .max(100)
  .default([]);

/** `manifest.sig`. */
export const ManifestSignature = z.object({
  /** Public keys by which the manifest and heads were signed, PEM; the last one signed the manifest. */
  keys: z.array(z.string().max(1000)).min(1).max(100),
  handOvers: HandOvers,
  /** Ed25519, base64. */
  signature: z.string().max(200),
});
export type ManifestSignature = z.infer<typeof ManifestSignature>;

const LogHead = z.object({
  installation: text,
  batch: count,
  first: count,
  count,
  root: hash,
  previous: z.union([hash, z.literal('')]),
  at: text,
});

/** A line of `log/parts.jsonl`. */
export const HeadLine = z.object({
  part: count,
  head: LogHead,
  signature: z.string().max(200),
  /** Its rows are older than the retention of the console. */
  forgotten: z.literal(true).optional(),
});

const InclusionProof = z.object({ batch: count, position: count, path: z.array(hash).max(64) });

/** A line of `log/rows.jsonl`: of a whole batch, or with its proof. */
export const RowLine = z.union([
  z.object({ part: count, batch: count, text: z.string() }),
  z.object({ part: count, text: z.string(), proof: InclusionProof }),
]);

/** A line of `evidence/facts.jsonl`. */
export const FactsLine = z.object({
  id: hash,
  subject: text,
  documents: z.array(z.object({ kind: text, hash })),
});

/** A line of `evidence/statuses.jsonl`. */
export const StatusLine = z.object({ hash, text: z.string() });

/** A record of one answer: what is signed, and by which keys. */
export const SignedRecord = z.object({
  format: z.literal('seawall-evidence-record/1'),
  keys: z.array(z.string().max(1000)).min(1).max(100),
  handOvers: HandOvers,
  signature: z.string().max(200),
  /** JSON of `RecordBody`, exactly as it was signed. */
  body: z.string(),
});
export type SignedRecord = z.infer<typeof SignedRecord>;

const Part = z.object({
  heads: z.array(z.object({ head: LogHead, signature: z.string().max(200) })).max(10_000),
  batches: z.array(z.object({ batch: count, texts: z.array(z.string()) })),
  leaves: z.array(z.object({ text: z.string(), proof: InclusionProof })),
});

/** What a record of one answer says, and what shows it. */
export const RecordBody = z.object({
  installation: text,
  madeAt: text,
  at: text,
  template: text,
  control: text,
  question: text.optional(),
  source: text,
  title: text,
  state: CheckState,
  seen: z.array(z.string()),
  reason: z.string().optional(),
  until: text.optional(),
  subject: z.object({ host: text, kind: text, id: text, name: text }),
  facts: z.array(FactsLine).max(100),
  documents: z.array(StatusLine).max(1000),
  statuses: z.array(StatusLine).max(100),
  records: z.array(z.object({ kind: text, name: text, title: text, text: z.string() })).max(1000),
  log: z.array(Part).max(1000),
});
export type RecordBody = Immutable<z.infer<typeof RecordBody>>;

/** A record of the tries of the gates of one host: what it signed, and under which authority. */
export const TrialFile = z.object({
  format: z.literal('seawall-trials/1'),
  host: z.string().max(400),
  /** Id of its agent, as its certificate names it. */
  agent: text,
  /** JSON of what the host says, exactly as it signed it. */
  statement: z.string().max(4 * 1024 * 1024),
  /** ECDSA with SHA-256, DER, base64, over `seawall trials 1`, a line feed and the statement. */
  signature: z.string().max(512),
  /** Of the agent, PEM. */
  certificate: z.string().max(16 * 1024),
  /** Certificate of the authority of agents that issued it, PEM. */
  authority: z.string().max(16 * 1024),
});
export type TrialFile = Immutable<z.infer<typeof TrialFile>>;
