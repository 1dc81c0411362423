import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AppError, isSubjectId, messageOf, oneLine } from '#base/index.ts';
import type { ImageSource, OpenedBill } from '../../source.ts';

/** Bytes of a bill of materials that are read: those of the largest images have some 50 MB. */
const mostBytes = 128 * 1024 ** 2;

/** A bill of materials that another tool, or Seawall, wrote of an image or a folder. What it lists is read by the catalog. */
export const sbom: ImageSource = {
  id: 'sbom',
  version: 1,
  prefix: 'sbom:',
  summary: 'Bill of materials: CycloneDX 1.2 to 1.7 or SPDX 2.2 and 2.3, as JSON',
  accepts: async () => false,
  open: async (reference) => {
    const bytes = await readBill(reference);
    const path = resolve(reference);
    return {
      kind: 'bill',
      bytes,
      subject: { kind: 'file-system', id: idOf(path), name: oneLine(path, 255), path: oneLine(path, 4096) },
      close: async () => undefined,
    };
  },
};

/** A pipe would be waited for, and a device has no end: only a file is read, and no further than the limit. */
async function readBill(path: string): Promise<Uint8Array> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    throw new AppError('target-not-found', `${path} cannot be opened: ${messageOf(error)}`, { cause: error });
  });
  try {
    if (!(await file.stat()).isFile()) throw new AppError('target-unreadable', `${path} is no file.`);
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const part of file.createReadStream({ autoClose: false, end: mostBytes })) {
      parts.push(part as Uint8Array);
      size += (part as Uint8Array).length;
    }
    if (size <= mostBytes) return Buffer.concat(parts);
    throw new AppError('target-unreadable', `${path} has more than ${mostBytes} bytes.`, {
      next: 'Leave the single files out of the bill of materials: packages are enough.',
    });
  } finally {
    await file.close();
  }
}

function idOf(path: string): OpenedBill['subject']['id'] {
  const id = `host:sbom-${createHash('sha256').update(path).digest('hex').slice(0, 12)}`;
  if (!isSubjectId(id)) throw new Error(`${id} is no subject id`);
  return id;
}
