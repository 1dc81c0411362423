import { readFileSync, writeFileSync } from 'node:fs';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { Role } from '#access/contract.ts';
import { moment } from '#http/fields.ts';

/** What a run in the lab did, in the order in which it happened. `README.md` beside the file says how it is made. */

const Anything = z.custom<z.infer<ReturnType<typeof z.json>>>((value) => value !== undefined);

/**
 * A stretch of the run: what was done from `from` to `at` by the clock of the lab, and everything that was told until then.
 * The entries after it, up to the next step, belong to it. `day`: on which day of the story it ended, from 0 on.
 */
const Step = z.object({ kind: z.literal('step'), from: moment, at: moment, day: z.number().min(0), title: z.string() });

/** A user is made, and signs in. */
const Person = z.object({ kind: z.literal('person'), name: z.string(), role: Role.exclude(['ci']) });

/** An administrator makes a token for a build. */
const Token = z.object({
  kind: z.literal('token'),
  by: z.string(),
  name: z.string(),
  repositories: z.array(z.string()),
});

/** A host joins by a join token that a person makes. */
const Host = z.object({
  kind: z.literal('host'),
  by: z.string(),
  name: z.string(),
  version: z.string(),
  environment: z.string(),
  /** Those that its join token allows. */
  environments: z.array(z.string()),
});

/** A person or a build calls the API. `{name}` in path and body stands for what an earlier call kept. */
const Call = z.object({
  kind: z.literal('call'),
  by: z.string(),
  method: z.enum(['POST', 'PUT', 'DELETE']),
  path: z.string().startsWith('/api/v1/'),
  body: Anything.optional(),
  /** What later calls need of the reply: the members that lead to it, with dots between. */
  keeps: z.object({ as: z.string(), from: z.string() }).optional(),
});

/** What an agent sent, as it lay in its spool. */
const SentByHost = z.object({ kind: z.literal('fact'), host: z.string(), fact: z.string(), body: Anything });

export const Entry = z.discriminatedUnion('kind', [Step, Person, Token, Host, Call, SentByHost]);
export type Entry = Immutable<z.infer<typeof Entry>>;

export const Recording = z.object({
  form: z.literal(1),
  /** When the machine of the lab was started, and when the run began; moments before the first mean themselves. */
  bootedAt: moment,
  startedAt: moment,
  /** Length of an hour of the learning method in the lab. */
  bucketSeconds: z.int().min(1).max(3600),
  entries: z.array(Entry).max(100_000),
});
export type Recording = Immutable<z.infer<typeof Recording>>;

/** A step and what was told in it. */
export interface RecordedStep extends Omit<Extract<Entry, { kind: 'step' }>, 'kind'> {
  readonly entries: readonly Exclude<Entry, { kind: 'step' }>[];
}

/** Cuts a recording into its steps. */
export function stepsOf({ entries }: Pick<Recording, 'entries'>): readonly RecordedStep[] {
  const steps: (RecordedStep & { readonly entries: Exclude<Entry, { kind: 'step' }>[] })[] = [];
  for (const entry of entries) {
    if (entry.kind === 'step') steps.push({ ...entry, entries: [] });
    else steps.at(-1)?.entries.push(entry);
  }
  return steps;
}

const longest = 256 * 1024 * 1024;

export function readRecording(file: string): Recording {
  const text = zstdDecompressSync(readFileSync(file), { maxOutputLength: longest }).toString('utf8');
  return Recording.parse(JSON.parse(text));
}

/** Versions of an image lie far apart and say nearly the same: the window holds them all. */
export function writeRecording(file: string, recording: Recording): void {
  const params = {
    [constants.ZSTD_c_compressionLevel]: 16,
    [constants.ZSTD_c_enableLongDistanceMatching]: 1,
    [constants.ZSTD_c_windowLog]: 27,
  };
  writeFileSync(file, zstdCompressSync(JSON.stringify(recording), { params }));
}
