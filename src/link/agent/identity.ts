import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, messageOf } from '#base/index.ts';
import { type Identity, StoredIdentity } from './schema.ts';

const fileName = 'identity.json';

/** The identity that an agent got when it joined; nothing before. Throws `AppError` `identity-unreadable`. */
export async function loadIdentity(stateFolder: string): Promise<Identity | undefined> {
  const file = join(stateFolder, fileName);
  try {
    return StoredIdentity.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new AppError('identity-unreadable', `The identity ${file} cannot be read.`, { cause });
  }
}

/** Key and certificates in one file of mode 0600, safe on the disk before it takes the old one's place. */
export async function saveIdentity(stateFolder: string, identity: Identity): Promise<void> {
  const file = join(stateFolder, fileName);
  const partial = `${file}.partial`;
  try {
    await mkdir(stateFolder, { recursive: true, mode: 0o700 });
    const handle = await open(partial, 'w', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(identity, undefined, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(partial, file);
    const folder = await open(stateFolder, 'r');
    await folder.sync().finally(() => folder.close());
  } catch (cause) {
    throw new AppError('state-unwritable', `The identity cannot be written to ${file}: ${messageOf(cause)}.`, {
      cause,
    });
  }
}

/** When to ask for the next certificate: a third before the end of this one's life. */
export function renewalTime(now: Date, expiresAt: string): string {
  const left = Date.parse(expiresAt) - now.getTime();
  return new Date(now.getTime() + Math.max(0, (left * 2) / 3)).toISOString();
}
