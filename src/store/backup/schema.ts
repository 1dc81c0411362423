import { z } from 'zod';
import type { Immutable } from '#base/index.ts';

/** PostgreSQL takes names of up to 63 bytes. */
const Name = z.string().min(1).max(63);
const Count = z.int().min(0);
const Hash = z.string().regex(/^[0-9a-f]{64}$/);

/** What a backup is of. */
export const Header = z.object({
  /** Version of Seawall that made it. */
  seawall: z.string().min(1).max(64),
  /** Major version of PostgreSQL. */
  postgres: z.int().min(1).max(1000),
  takenAt: z.iso.datetime(),
  /** Applied ones, by schema. */
  migrations: z.array(z.object({ domain: Name, name: z.string().min(1).max(200) })).max(10_000),
});
export type Header = Immutable<z.infer<typeof Header>>;

/** SQL that makes what tables stand in, and what stands on them once they are filled. */
export const Statement = z.object({ text: z.string().min(1).max(500_000) });

/** What the data records after it are of. */
export const Part = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('table'), schema: Name, name: Name, columns: z.array(Name).max(1600) }),
  z.object({ kind: z.literal('vulnerability-database') }),
]);
export type Part = Immutable<z.infer<typeof Part>>;

/** How much a part holds. `rows` is 0 for a file. */
export const PartEnd = z.object({ rows: Count, bytes: Count, sha256: Hash });
export type PartEnd = Immutable<z.infer<typeof PartEnd>>;

/** A key file of the console. The name is that of a file in one folder, never a path. */
export const KeyFile = z.object({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/),
  content: z.base64().max(100_000),
});
export type KeyFile = Immutable<z.infer<typeof KeyFile>>;

export const SequenceValue = z.object({
  schema: Name,
  name: Name,
  value: z.string().regex(/^-?\d{1,19}$/),
  isCalled: z.boolean(),
});
export type SequenceValue = Immutable<z.infer<typeof SequenceValue>>;

/** What the whole file holds: what does not agree with it is damaged. */
export const End = z.object({
  tables: Count,
  rows: Count,
  bytes: Count,
  statements: Count,
  keys: Count,
  sequences: Count,
});
export type End = Immutable<z.infer<typeof End>>;
