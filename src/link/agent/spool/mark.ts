import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * How far the console had acknowledged, in a file of one line. It is not synced: after a power failure it may be behind,
 * which the console then corrects, or gone.
 */
export interface Mark {
  readonly epoch: string;
  readonly sequence: number;
}

const lineLength = 120;

export async function readMark(folder: string): Promise<Mark | undefined> {
  try {
    const { epoch, sequence } = JSON.parse(await readFile(fileIn(folder), 'utf8')) as Record<string, unknown>;
    if (typeof epoch !== 'string' || !Number.isSafeInteger(sequence)) return undefined;
    return { epoch, sequence: Number(sequence) };
  } catch {
    return undefined;
  }
}

export async function openMark(folder: string): Promise<FileHandle> {
  return open(fileIn(folder), 'a+', 0o600).then(async (made) => {
    await made.close();
    return open(fileIn(folder), 'r+');
  });
}

export async function writeMark(file: FileHandle, mark: Mark): Promise<void> {
  await file.write(`${JSON.stringify(mark).padEnd(lineLength)}\n`, 0);
}

function fileIn(folder: string): string {
  return join(folder, 'acknowledged');
}
