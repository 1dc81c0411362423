import { createHash } from 'node:crypto';
import { zstdCompressSync } from 'node:zlib';
import { AppError } from '#base/index.ts';
import { type BodyInput, checked, parseSent, task } from '#http/console/tasks.ts';
import type { HandlerInput } from '#http/index.ts';
import { importResult, type ImportTarget } from '../../../contract-imported.ts';
import { decodeXml, readScan, type ReadScan } from '../../../evidence/openscap/index.ts';
import { limits } from '../../../limits.ts';

/** A file that was read, and what of it is kept. */
export interface PreparedImport {
  readonly target: ImportTarget;
  readonly name: string;
  readonly scan: ReadScan;
  readonly bytes: number;
  /** In hex. */
  readonly sha256: string;
  /** The file, packed by zstd. */
  readonly file: Uint8Array;
}

/** Reads the body of `importResult`. */
export const importTask = task<BodyInput, PreparedImport>('explorer-import-result', ({ sent }) => {
  const { target, name, content } = checked(importResult.body, parseSent(sent), 'body') as Body;
  const file = fromBase64(content);
  return {
    target,
    name,
    scan: readScan(decodeXml(file)),
    bytes: file.length,
    sha256: createHash('sha256').update(file).digest('hex'),
    file: zstdCompressSync(file),
  };
});

type Body = HandlerInput<typeof importResult>['body'];

/** Node skips what is not base64; then the length differs. */
function fromBase64(text: string): Buffer {
  const file = Buffer.from(text, 'base64');
  if (file.length === 0 || Math.ceil(file.length / 3) * 4 !== text.length)
    throw new AppError('bad-request', 'body.content: it is not base64, or empty.');
  if (file.length > limits.importedBytes.value)
    throw new AppError('too-large', `The file is larger than ${limits.importedBytes.value / 1024 / 1024} MiB.`);
  return file;
}
