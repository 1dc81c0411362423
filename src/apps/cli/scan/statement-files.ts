import { AppError, messageOf } from '#base/index.ts';
import { createReadStream } from 'node:fs';
import type { Statements } from '#vulnerability/index.ts';
import { type OptionValue, texts } from '../command.ts';

/** Reads the files of `--ignore` and `--vex`, in this order. Throws `file-unreadable`, and `usage` for what they are not. */
export async function statementFiles(options: Readonly<Record<string, OptionValue>>): Promise<readonly Statements[]> {
  const read: Statements[] = [];
  const [ignored, vex] = [texts(options['ignore']), texts(options['vex'])];
  if (ignored.length + vex.length === 0) return read;
  const { readIgnoreFile, readVex } = await import('./analyze-here.ts');
  for (const file of ignored) read.push(await readIgnoreFile(file, (await bytesOf(file)).toString()));
  for (const file of vex) read.push(readVex(file, await bytesOf(file)));
  return read;
}

/** Longest file that is read: a device has no end. */
const mostBytes = 64 * 1024 ** 2;

async function bytesOf(file: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of createReadStream(file, { end: mostBytes })) {
      parts.push(part as Buffer);
      size += (part as Buffer).length;
    }
  } catch (error) {
    throw new AppError('file-unreadable', `${file} cannot be read: ${messageOf(error)}`, { cause: error });
  }
  if (size <= mostBytes) return Buffer.concat(parts);
  throw new AppError('file-unreadable', `${file} has more than ${mostBytes} bytes.`, {
    next: 'Name the file of an ignore list or a VEX document.',
  });
}
