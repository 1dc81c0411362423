import { createPublicKey, type KeyObject, sign } from 'node:crypto';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprintOf } from '#apps/cli/release/keys.ts';
import { digestOf } from '#apps/cli/release/read-bounded.ts';
import { signatureFiles, writeSums } from '#apps/cli/release/sums.ts';
import { changesBeside, changesText, readKey } from './key-file.ts';
import { minisigOf, minisignKeyOf } from './minisign.ts';
import type { Release } from './release.ts';

/** Lists all artefacts, and signs the list with the key whose file is named. Answers what it did, as words. */
export async function signRelease(release: Release, keyFile: string | undefined): Promise<string> {
  const { out } = release;
  for (const name of Object.values(signatureFiles)) rmSync(join(out, name), { force: true });
  const isSigned = keyFile !== undefined && keyFile !== '';
  const key = isSigned ? readKey(keyFile) : undefined;
  if (isSigned && key !== undefined) writeKeys(out, keyFile, key);
  const digests = await digestsIn(out);
  const list = Buffer.from(writeSums(digests));
  writeFileSync(join(out, signatureFiles.sums), list);
  if (key === undefined)
    return `${digests.size} files, not signed: make a key with \`npm run release:key -- make FILE\`, then name it with SEAWALL_RELEASE_KEY`;
  writeFileSync(join(out, signatureFiles.raw), sign(undefined, list, key));
  const comment = `Seawall ${release.version}, ${new Date(release.epoch * 1000).toISOString()}`;
  writeFileSync(join(out, signatureFiles.minisign), minisigOf(list, key, comment));
  return `${digests.size} files, signed by ${fingerprintOf(key)}`;
}

/** The public key in both formats, and the statements that lead to it. */
function writeKeys(out: string, keyFile: string, key: KeyObject): void {
  writeFileSync(join(out, signatureFiles.key), createPublicKey(key).export({ type: 'spki', format: 'pem' }));
  writeFileSync(join(out, signatureFiles.minisignKey), minisignKeyOf(key));
  const changes = changesBeside(keyFile);
  if (changes.length > 0) writeFileSync(join(out, signatureFiles.changes), changesText(changes));
}

async function digestsIn(out: string): Promise<ReadonlyMap<string, string>> {
  const digests = new Map<string, string>();
  for (const name of readdirSync(out)) {
    const digest = await digestOf(join(out, name));
    if (typeof digest !== 'string')
      throw new Error(`${join(out, name)} is no artefact: ${digest.kind === 'unfit' ? digest.why : 'it is gone'}.`);
    digests.set(name, digest);
  }
  return digests;
}
