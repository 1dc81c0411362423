import { open } from 'node:fs/promises';

/** Text of a file; rejects where it is longer than `longest` bytes. Files of /proc, which have no length, are read as well. */
export async function readBounded(path: string, longest: number): Promise<string> {
  const file = await open(path);
  try {
    const parts: Buffer[] = [];
    let length = 0;
    for (;;) {
      const part = Buffer.alloc(64 * 1024);
      const { bytesRead } = await file.read(part, 0, part.length);
      if (bytesRead === 0) break;
      length += bytesRead;
      if (length > longest) throw new Error(`${path} is longer than ${longest} bytes`);
      parts.push(part.subarray(0, bytesRead));
    }
    return Buffer.concat(parts).toString('utf8');
  } finally {
    await file.close();
  }
}
