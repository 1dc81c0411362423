import { randomBytes, randomUUID } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError, messageOf } from '#base/index.ts';

/** Bytes of the key (AES-256). */
const masterKeyBytes = 32;

/**
 * The key that opens all other keys of the console: 32 random bytes in a file of their own. Throws `AppError`:
 * `master-key-missing`; `master-key-wrong` when the file cannot be read, has another length, or can be read by everyone.
 */
export function readMasterKey(file: string): Buffer {
  const key = findMasterKey(file);
  if (key !== undefined) return key;
  throw new AppError('master-key-missing', `The key file ${file} is not there.`);
}

/** The same; `undefined` where there is no such file. */
export function findMasterKey(file: string): Buffer | undefined {
  return naming(file, () => read(file));
}

/**
 * Makes the key, with mode 0600, for a store that holds no sealed keys yet. Consoles that make it at the same time end
 * up with the same key. Throws `AppError` `master-key-wrong` when the file cannot be made.
 */
export function makeMasterKey(file: string): Buffer {
  return naming(file, () => read(file) ?? make(file));
}

function naming<Value>(file: string, work: () => Value): Value {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('master-key-wrong', `The key file ${file} cannot be used: ${messageOf(cause)}.`, { cause });
  }
}

function read(file: string): Buffer | undefined {
  const descriptor = open(file);
  if (descriptor === undefined) return undefined;
  try {
    if ((fstatSync(descriptor).mode & 0o007) !== 0)
      throw new AppError('master-key-wrong', `The key file ${file} can be read by everyone.`, {
        next: `Run \`chmod 600 ${file}\`.`,
      });
    const key = readFileSync(descriptor);
    if (key.length === masterKeyBytes) return key;
    throw new AppError('master-key-wrong', `The key file ${file} does not hold ${masterKeyBytes} bytes.`);
  } finally {
    closeSync(descriptor);
  }
}

function open(file: string): number | undefined {
  try {
    return openSync(file, 'r');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Puts a whole file in place and on the disk, unless another program was faster. */
function make(file: string): Buffer {
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const partial = join(folder, `.master-key.${randomUUID()}`);
  const descriptor = openSync(partial, 'wx', 0o600);
  try {
    writeSync(descriptor, randomBytes(masterKeyBytes));
    fsyncSync(descriptor);
    linkSync(partial, file);
    syncFolder(folder);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    closeSync(descriptor);
    rmSync(partial, { force: true });
  }
  const key = read(file);
  if (key === undefined) throw new Error('it was removed at once');
  return key;
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
