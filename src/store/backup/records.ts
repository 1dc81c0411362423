import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { AppError } from '#base/index.ts';
import { End, Header, KeyFile, Part, PartEnd, SequenceValue, Statement } from './schema.ts';

/** One piece of a backup's content. Data records belong to the part that began last. */
export type BackupRecord =
  | { readonly kind: 'header'; readonly value: Header }
  | { readonly kind: 'before' | 'after'; readonly value: z.infer<typeof Statement> }
  | { readonly kind: 'part'; readonly value: Part }
  | { readonly kind: 'data'; readonly value: Buffer }
  | { readonly kind: 'part-end'; readonly value: PartEnd }
  | { readonly kind: 'key'; readonly value: KeyFile }
  | { readonly kind: 'sequence'; readonly value: SequenceValue }
  | { readonly kind: 'end'; readonly value: End };

type Kind = BackupRecord['kind'];

/** In their order; a kind's place is its number in the file. */
const kinds = ['header', 'key', 'before', 'part', 'data', 'part-end', 'sequence', 'after', 'end'] as const;
const schemas = {
  header: Header,
  key: KeyFile,
  before: Statement,
  part: Part,
  'part-end': PartEnd,
  sequence: SequenceValue,
  after: Statement,
  end: End,
} as const;

const headBytes = 5;
/** Of a record, and of how many there may be of those that no data stands behind. */
const longestRecord = 1024 * 1024;
const mostRecords = 100_000;

/** Turns records into bytes. */
export async function* writeRecords(records: AsyncIterable<BackupRecord>): AsyncGenerator<Buffer> {
  for await (const { kind, value } of records) {
    const body = Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value));
    if (body.length > longestRecord) throw new Error(`A record ${kind} of ${body.length} bytes is too long.`);
    const head = Buffer.alloc(headBytes);
    head.writeUInt8(kinds.indexOf(kind));
    head.writeUInt32BE(body.length, 1);
    yield Buffer.concat([head, body]);
  }
}

/**
 * Reads records and checks that they stand in order, that each part is what its end says, and that nothing is missing.
 * Throws `AppError` `backup-damaged`.
 */
export async function* readRecords(content: AsyncIterable<Buffer>): AsyncGenerator<BackupRecord> {
  const check = new Check();
  for await (const record of parse(content)) {
    check.take(record);
    yield record;
  }
  check.ended();
}

async function* parse(content: AsyncIterable<Buffer>): AsyncGenerator<BackupRecord> {
  let held: Buffer = Buffer.alloc(0);
  for await (const part of content) {
    held = held.length === 0 ? part : Buffer.concat([held, part]);
    for (let length = lengthOf(held); length !== undefined && held.length >= length; length = lengthOf(held)) {
      yield recordOf(held.subarray(0, length));
      held = held.subarray(length);
    }
  }
  if (held.length > 0) throw damaged('it ends within a record');
}

function lengthOf(held: Buffer): number | undefined {
  if (held.length < headBytes) return undefined;
  const length = held.readUInt32BE(1);
  if (length > longestRecord) throw damaged('a record says that it is too long');
  return headBytes + length;
}

function recordOf(bytes: Buffer): BackupRecord {
  const kind = kinds[bytes.readUInt8()];
  const body = bytes.subarray(headBytes);
  if (kind === undefined) throw damaged('it holds a record of an unknown kind');
  if (kind === 'data') return { kind, value: body };
  const checked = schemas[kind].safeParse(jsonOf(body));
  if (!checked.success) throw damaged(`a record ${kind} has another form than is agreed`, checked.error);
  return { kind, value: checked.data } as BackupRecord;
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw damaged('a record cannot be read', cause);
  }
}

/** Which kinds may follow which. */
const following: Readonly<Record<Kind | 'start', readonly Kind[]>> = {
  start: ['header'],
  header: ['key', 'before'],
  key: ['key', 'before'],
  before: ['before', 'part'],
  part: ['data', 'part-end'],
  data: ['data', 'part-end'],
  'part-end': ['part', 'sequence', 'after', 'end'],
  sequence: ['sequence', 'after', 'end'],
  after: ['after', 'end'],
  end: [],
};

/** Counts what goes by and compares it with what the file says of itself. */
class Check {
  #before: Kind | 'start' = 'start';
  #records = 0;
  readonly #sums = { tables: 0, rows: 0, bytes: 0, statements: 0, keys: 0, sequences: 0 };
  #hash = createHash('sha256');
  #bytes = 0;
  #isTable = false;

  take(record: BackupRecord): void {
    if (!following[this.#before].includes(record.kind)) throw damaged(`${record.kind} stands after ${this.#before}`);
    this.#before = record.kind;
    if (record.kind !== 'data' && ++this.#records > mostRecords) throw damaged('it holds too many records');
    this.#count(record);
  }

  ended(): void {
    if (this.#before !== 'end') throw damaged('its end is missing');
  }

  #count({ kind, value }: BackupRecord): void {
    switch (kind) {
      case 'header':
        return;
      case 'key':
        this.#sums.keys++;
        return;
      case 'before':
      case 'after':
        this.#sums.statements++;
        return;
      case 'sequence':
        this.#sums.sequences++;
        return;
      case 'part':
        this.#hash = createHash('sha256');
        this.#bytes = 0;
        this.#isTable = value.kind === 'table';
        return;
      case 'data':
        this.#hash.update(value);
        this.#bytes += value.length;
        return;
      case 'part-end':
        return this.#endPart(value);
      case 'end':
        return this.#compare(value);
    }
  }

  #endPart({ rows, bytes, sha256 }: PartEnd): void {
    if (bytes !== this.#bytes || sha256 !== this.#hash.digest('hex')) throw damaged('a part is not what its end says');
    if (this.#isTable) this.#sums.tables++;
    this.#sums.rows += rows;
    this.#sums.bytes += bytes;
  }

  #compare(said: End): void {
    const differing = Object.entries(this.#sums).find(([name, count]) => said[name as keyof End] !== count);
    if (differing !== undefined) throw damaged(`it holds ${differing[1]} ${differing[0]}, and says otherwise`);
  }
}

function damaged(why: string, cause?: unknown): AppError {
  return new AppError('backup-damaged', `The backup is damaged: ${why}.`, { cause });
}
