import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { open } from 'node:fs/promises';
import { AppError, messageOf } from '#base/index.ts';

/** What a backup file begins with: the format and its version, in the clear. */
const magic = Buffer.from('seawall-backup 1\n');
const saltBytes = 32;
const keyBytes = 32;
const checkBytes = 16;
/** Bytes before the first sealed chunk. */
export const preludeBytes = magic.length + saltBytes + checkBytes;

/** Fixed by the format, so that a file cannot ask for more: 128 MiB and some 0.4 s (RFC 7914). */
const cost = { N: 2 ** 17, r: 8, p: 1, maxmem: 160 * 1024 * 1024 } as const;
const shortestSecret = 16;
const longestSecret = 65_536;

/** The key of one file, and the bytes that it begins with. */
export interface FileKey {
  readonly key: Buffer;
  readonly prelude: Buffer;
}

/**
 * What a key file holds: a passphrase or random bytes; one line end at its end does not count. Throws `AppError`
 * `backup-key-wrong` for a file that is not there, that everyone may read, or that holds less than 16 bytes.
 */
export async function readSecret(file: string): Promise<Buffer> {
  const handle = await open(file, 'r').catch((cause: unknown) => {
    throw new AppError('backup-key-wrong', `The key file ${file} cannot be read: ${messageOf(cause)}.`, { cause });
  });
  try {
    const { mode, size } = await handle.stat();
    if ((mode & 0o007) !== 0)
      throw new AppError('backup-key-wrong', `The key file ${file} can be read by everyone.`, {
        next: `Run \`chmod 600 ${file}\`.`,
      });
    if (size > longestSecret)
      throw new AppError('backup-key-wrong', `The key file ${file} holds more than ${longestSecret} bytes.`);
    const secret = trimmed(await handle.readFile());
    if (secret.length >= shortestSecret) return secret;
    throw new AppError('backup-key-wrong', `The key file ${file} holds less than ${shortestSecret} bytes.`);
  } finally {
    await handle.close();
  }
}

function trimmed(content: Buffer): Buffer {
  const end = content.at(-1) === 0x0a ? (content.at(-2) === 0x0d ? 2 : 1) : 0;
  return content.subarray(0, content.length - end);
}

/** A key for a new file. */
export async function newFileKey(secret: Buffer): Promise<FileKey> {
  const salt = randomBytes(saltBytes);
  const { key, check } = await derive(secret, salt);
  return { key, prelude: Buffer.concat([magic, salt, check]) };
}

/** The key of the file that begins so. Throws `AppError`: `backup-damaged` when it is no backup, `backup-key-wrong`. */
export async function keyOfFile(secret: Buffer, prelude: Buffer): Promise<Buffer> {
  if (prelude.length < preludeBytes || !prelude.subarray(0, magic.length).equals(magic)) throw noBackup(prelude);
  const salt = prelude.subarray(magic.length, magic.length + saltBytes);
  const { key, check } = await derive(secret, salt);
  if (timingSafeEqual(check, prelude.subarray(magic.length + saltBytes, preludeBytes))) return key;
  throw new AppError('backup-key-wrong', 'The backup was made with another key, or its first bytes were changed.');
}

function noBackup(prelude: Buffer): AppError {
  const version = /^seawall-backup (\d{1,4})\n/.exec(prelude.toString('latin1'))?.[1];
  return version === undefined || version === '1'
    ? new AppError('backup-damaged', 'The file is no backup of Seawall, or only its beginning.')
    : new AppError('backup-damaged', `The backup has format ${version}, which this version does not read.`, {
        next: 'Use the version of Seawall that made it, or a newer one.',
      });
}

async function derive(secret: Buffer, salt: Buffer): Promise<{ readonly key: Buffer; readonly check: Buffer }> {
  const bytes = await new Promise<Buffer>((resolve, reject) => {
    scrypt(secret, salt, keyBytes + checkBytes, cost, (error, made) => (error ? reject(error) : resolve(made)));
  });
  return { key: bytes.subarray(0, keyBytes), check: bytes.subarray(keyBytes) };
}
