import { type KeyObject, verify } from 'node:crypto';
import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { counted } from '#base/index.ts';
import { fingerprintOf, type KeyChange, readKeyChanges, readPublicKey, wayBetween } from './keys.ts';
import { readMinisig, type ReleaseName } from './minisig.ts';
import { digestOf, readSmall, type Unread } from './read-bounded.ts';
import { readSums, signatureFiles, unlisted } from './sums.ts';

/** What is verified: a whole folder of a release, or some of its files by name. */
export interface ReleaseWanted {
  readonly folder: string;
  /** Missing: all, and nothing else may lie there. */
  readonly names?: readonly string[];
  /** Who is trusted: the fingerprint of a key. Missing: whoever signed, which then is no proof. */
  readonly trusted?: string;
}

/** What is proven of a release, or the first thing that is not as it was signed. */
export type ReleaseCheck =
  | {
      readonly state: 'verified';
      /** Fingerprint of the key that signed. */
      readonly signer: string;
      readonly changes: readonly KeyChange[];
      readonly names: readonly string[];
      readonly name: ReleaseName;
    }
  | { readonly state: 'refused'; readonly why: string };

type Refused = Extract<ReleaseCheck, { readonly state: 'refused' }>;

const mostSumsBytes = 256 * 1024;
const mostKeyBytes = 64 * 1024;
const mostEntries = 10_000;

/** Verifies files of a release against its signed list: first the key, then the signature, then each file. */
export async function verifyRelease({ folder, names, trusted }: ReleaseWanted): Promise<ReleaseCheck> {
  const list = await readSmall(join(folder, signatureFiles.sums), mostSumsBytes);
  if (!Buffer.isBuffer(list)) return notRead(signatureFiles.sums, list);
  const signature = await readSmall(join(folder, signatureFiles.raw), 1024);
  if (!Buffer.isBuffer(signature)) return notRead(signatureFiles.raw, signature);
  const signer = await signerOf(folder);
  if ('state' in signer) return signer;
  const changes = await changesTo({ folder, signer, trusted });
  if ('state' in changes) return changes;
  if (signature.length !== 64 || !verify(undefined, list, signer, signature))
    return refused(
      `${signatureFiles.sums} is not what the release key signed: it was changed or cut, or another key signed it.`,
    );
  const name = await nameOf({ folder, list, signer });
  if ('state' in name) return name;
  const sums = readSums(list.toString('latin1'));
  if (sums.kind === 'bad') return refused(`${signatureFiles.sums} is no list of files: ${sums.why}.`);
  const wrong = await wrongFile({ folder, names: names ?? [...sums.digests.keys()], digests: sums.digests });
  if (wrong !== undefined) return wrong;
  const extra = names === undefined ? await extraIn(folder, sums.digests) : undefined;
  return (
    extra ?? {
      state: 'verified',
      signer: fingerprintOf(signer),
      changes,
      names: names ?? [...sums.digests.keys()],
      name,
    }
  );
}

interface Signed {
  readonly folder: string;
  readonly list: Buffer;
  readonly signer: KeyObject;
}

/** An old release is signed as well as the newest, so it says which one it is. */
async function nameOf({ folder, list, signer }: Signed): Promise<ReleaseName | Refused> {
  const text = await readSmall(join(folder, signatureFiles.minisign), 1024);
  if (!Buffer.isBuffer(text)) return notRead(signatureFiles.minisign, text);
  return (
    readMinisig(text.toString('latin1'), list, signer) ??
    refused(`${signatureFiles.minisign} is not what the release key signed.`)
  );
}

async function signerOf(folder: string): Promise<KeyObject | Refused> {
  const text = await readSmall(join(folder, signatureFiles.key), mostKeyBytes);
  if (!Buffer.isBuffer(text)) return notRead(signatureFiles.key, text);
  return readPublicKey(text.toString('latin1')) ?? refused(`${signatureFiles.key} is no ed25519 public key.`);
}

interface Change {
  readonly folder: string;
  readonly signer: KeyObject;
  readonly trusted: string | undefined;
}

async function changesTo({ folder, signer, trusted }: Change): Promise<readonly KeyChange[] | Refused> {
  const fingerprint = fingerprintOf(signer);
  if (trusted === undefined || trusted === fingerprint) return [];
  const text = await readSmall(join(folder, signatureFiles.changes), mostKeyBytes);
  const other = `The release is of another key than the one of --key: it names ${fingerprint}, --key is ${trusted}`;
  if (!Buffer.isBuffer(text))
    return text.kind === 'missing'
      ? refused(`${other}, and no statement of that key names it.`)
      : notRead(signatureFiles.changes, text);
  const way = wayBetween(trusted, signer, readKeyChanges(text.toString('utf8')) ?? []);
  return way ?? refused(`${other}, and no statement in ${signatureFiles.changes} that it signed leads there.`);
}

interface Listed {
  readonly folder: string;
  readonly names: readonly string[];
  readonly digests: ReadonlyMap<string, string>;
}

async function wrongFile({ folder, names, digests }: Listed): Promise<Refused | undefined> {
  for (const name of names) {
    const wanted = digests.get(name);
    if (wanted === undefined)
      return refused(`${name} is not in ${signatureFiles.sums}: it is no file of this release.`);
    const found = await digestOf(join(folder, name));
    if (typeof found !== 'string' && found.kind === 'missing')
      return refused(`${name} is in ${signatureFiles.sums} and missing here.`);
    if (typeof found !== 'string') return notRead(name, found);
    if (found !== wanted) return refused(`${name} was changed: its SHA-256 is ${found}, the signed one is ${wanted}.`);
  }
  return undefined;
}

/** What lies in the folder and belongs to no release could be taken for a part of it. */
async function extraIn(folder: string, digests: ReadonlyMap<string, string>): Promise<Refused | undefined> {
  const extras: string[] = [];
  let entries = 0;
  for await (const { name } of await opendir(folder)) {
    entries += 1;
    if (entries > mostEntries) return refused(`The folder has more than ${mostEntries} entries, so it is no release.`);
    if (!digests.has(name) && !unlisted.has(name)) extras.push(name);
  }
  if (extras.length === 0) return undefined;
  const [first = ''] = extras.toSorted();
  const more = extras.length === 1 ? '' : ` and ${counted(extras.length - 1, 'more file')}`;
  return refused(
    `${first}${more} lies in the folder and is not in ${signatureFiles.sums}: it is no file of this release.`,
  );
}

function notRead(name: string, unread: Unread): Refused {
  return refused(unread.kind === 'missing' ? `${name} is missing.` : `${name} ${unread.why}.`);
}

function refused(why: string): Refused {
  return { state: 'refused', why };
}
