import { AppError, messageOf } from '#base/index.ts';
import type { Statements } from '#vulnerability/index.ts';
import { bytesWithin } from '../bounded-file.ts';
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

/** Longest file that is read. */
const mostBytes = 64 * 1024 ** 2;

async function bytesOf(file: string): Promise<Buffer> {
  const bytes = await bytesWithin(file, mostBytes).catch((cause: unknown) => {
    throw new AppError('file-unreadable', `${file} cannot be read: ${messageOf(cause)}`, { cause });
  });
  if (bytes !== undefined) return bytes;
  throw new AppError('file-unreadable', `${file} has more than ${mostBytes} bytes.`, {
    next: 'Name the file of an ignore list or a VEX document.',
  });
}
