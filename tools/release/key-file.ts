import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { changeKey, fingerprintOf, type KeyChange, readKeyChanges } from '#apps/cli/release/keys.ts';

/** The release key: a private ed25519 key in PEM that only its owner may read, outside of the repository. */

/** Makes a key and answers its fingerprint. Never writes over one. */
export function makeKey(file: string): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  return fingerprintOf(privateKey);
}

/** Reads a key. Throws where others may read it too, or it is of another kind. */
export function readKey(file: string): KeyObject {
  if ((statSync(file).mode & 0o077) !== 0)
    throw new Error(`Others may read ${file}. Run \`chmod 600 ${file}\`, and change the key if they did.`);
  const key = createPrivateKey(readFileSync(file));
  if (key.asymmetricKeyType !== 'ed25519')
    throw new Error(`${file} is no ed25519 key. Make one with \`npm run release:key -- make FILE\`.`);
  return key;
}

/** States with the old key that the new one takes its place, beside the new one; earlier statements go along. */
export function stateChange(oldFile: string, newFile: string, at: string): void {
  const change = changeKey(readKey(oldFile), createPublicKey(readKey(newFile)), at);
  writeFileSync(changesFileOf(newFile), changesText([...changesBeside(oldFile), change]));
}

/** The statements that lead to a key; none for a first one. */
export function changesBeside(file: string): readonly KeyChange[] {
  const place = changesFileOf(file);
  if (!existsSync(place)) return [];
  const changes = readKeyChanges(readFileSync(place, 'utf8'));
  if (changes === undefined) throw new Error(`${place} holds no statements of keys.`);
  return changes;
}

/** The statements as they lie in a release. */
export function changesText(changes: readonly KeyChange[]): string {
  return `${JSON.stringify(changes, undefined, 2)}\n`;
}

function changesFileOf(file: string): string {
  return `${file}.changes.json`;
}
