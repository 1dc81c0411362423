import { execFileSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bytesOf, fingerprintOf, type KeyChange, readPublicKey } from '#apps/cli/release/keys.ts';
import type { CommandCall } from '#apps/cli/command.ts';
import { run } from '#apps/cli/commands/self-verify.ts';
import { mostArtefactBytes } from '#apps/cli/release/read-bounded.ts';
import { type ReleaseCheck, verifyRelease } from '#apps/cli/release/verify-release.ts';
import { recordingTerminal } from '#apps/cli/testing.ts';
import { version } from '#apps/cli/version.ts';
import { changesText, makeKey, readKey, stateChange } from './key-file.ts';
import { minisigOf } from './minisign.ts';
import { signRelease } from './sign.ts';

let folder = '';
let out = '';
let key = '';
let trusted = '';

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-sign-'));
  out = join(folder, 'out');
  key = join(folder, 'key');
  mkdirSync(out);
  for (const name of ['seawall.cjs', 'seawall-linux-x64', 'image.tar'])
    writeFileSync(join(out, name), `content of ${name}`);
  trusted = makeKey(key);
  await signAgain();
});
afterEach(() => rmSync(folder, { recursive: true }));

async function signAgain(file: string | undefined = key): Promise<string> {
  return await signRelease({ root: folder, out, version: '1.2.3', epoch: 1_700_000_000 }, file);
}

function whyOf(check: ReleaseCheck): string {
  return check.state === 'refused' ? check.why : check.state;
}

async function verified(place = out, by = trusted): Promise<string> {
  return whyOf(await verifyRelease({ folder: place, trusted: by }));
}

describe('a signed release', () => {
  test('is verified by openssl, by minisign and by itself, whole and one file at a time', async () => {
    const words = ['pkeyutl', '-verify', '-pubin', '-inkey', 'seawall-release.pub', '-rawin', '-in', 'SHA256SUMS'];
    const openssl = execFileSync('openssl', [...words, '-sigfile', 'SHA256SUMS.sig'], { cwd: out, encoding: 'utf8' });
    expect(openssl).toContain('Signature Verified Successfully');
    const minisign = execFileSync('minisign', ['-V', '-p', 'seawall-release.minisign.pub', '-m', 'SHA256SUMS'], {
      cwd: out,
      encoding: 'utf8',
    });
    expect(minisign).toContain('Trusted comment: Seawall 1.2.3, 2023-11-14T22:13:20.000Z');
    execFileSync('sha256sum', ['--strict', '-c', 'SHA256SUMS'], { cwd: out });
    const names = [
      'image.tar',
      'seawall-linux-x64',
      'seawall-release.minisign.pub',
      'seawall-release.pub',
      'seawall.cjs',
    ];
    expect(await verifyRelease({ folder: out, trusted })).toEqual({
      state: 'verified',
      signer: trusted,
      changes: [],
      names,
      name: { version: '1.2.3', at: '2023-11-14T22:13:20.000Z' },
    });
    rmSync(join(out, 'image.tar'));
    expect(await verifyRelease({ folder: out, names: ['seawall.cjs'], trusted })).toMatchObject({
      state: 'verified',
      names: ['seawall.cjs'],
    });
  });

  test('is the same, signed twice', async () => {
    cpSync(out, join(folder, 'before'), { recursive: true });
    await signAgain();
    execFileSync('diff', ['-r', out, join(folder, 'before')]);
  });

  test('is not signed without a key, and says what to do', async () => {
    expect(await signAgain('')).toBe(
      '3 files, not signed: make a key with `npm run release:key -- make FILE`, then name it with SEAWALL_RELEASE_KEY',
    );
    expect(await verified()).toBe('SHA256SUMS.sig is missing.');
  });

  test('needs a key that only its owner may read', async () => {
    execFileSync('chmod', ['640', key]);
    await expect(signAgain()).rejects.toThrow(`Others may read ${key}.`);
    expect(() => makeKey(key)).toThrow('EEXIST');
  });

  test('needs an ed25519 key', async () => {
    const { privateKey } = generateKeyPairSync('ed448');
    writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    await expect(signAgain()).rejects.toThrow(`${key} is no ed25519 key.`);
  });

  test('is read by its key in the form of minisign, and of that algorithm alone', () => {
    const text = readFileSync(join(out, 'seawall-release.minisign.pub'), 'utf8');
    const read = readPublicKey(text);
    expect(read && fingerprintOf(read)).toBe(trusted);
    const [comment = '', line = ''] = text.split('\n');
    const other = Buffer.concat([Buffer.from('XX'), Buffer.from(line, 'base64').subarray(2)]).toString('base64');
    expect(readPublicKey(`${comment}\n${other}\n`)).toBeUndefined();
  });
});

describe('what is not as it was signed is refused', () => {
  const sums = (): string => readFileSync(join(out, 'SHA256SUMS'), 'utf8');
  const minisig = (): string => readFileSync(join(out, 'SHA256SUMS.minisig'), 'utf8');
  const unnamed = 'SHA256SUMS.minisig is not what the release key signed.';
  const signList = (text: string): void => {
    const list = Buffer.from(text);
    writeFileSync(join(out, 'SHA256SUMS'), list);
    writeFileSync(join(out, 'SHA256SUMS.sig'), sign(undefined, list, readKey(key)));
    const name = minisigOf(list, readKey(key), 'Seawall 1.2.3, 2023-11-14T22:13:20.000Z');
    writeFileSync(join(out, 'SHA256SUMS.minisig'), name);
  };
  const unsigned = 'SHA256SUMS is not what the release key signed: it was changed or cut, or another key signed it.';

  test.each<{ what: string; attack: () => void; why: string }>([
    {
      what: 'a missing file',
      attack: () => rmSync(join(out, 'image.tar')),
      why: 'image.tar is in SHA256SUMS and missing here.',
    },
    {
      what: 'an extra file',
      attack: () => writeFileSync(join(out, 'more.sh'), ''),
      why: 'more.sh lies in the folder and is not in SHA256SUMS: it is no file of this release.',
    },
    {
      what: 'two extra files',
      attack: () => [mkdirSync(join(out, 'b')), writeFileSync(join(out, '.a'), '')],
      why: '.a and 1 more file lies in the folder and is not in SHA256SUMS: it is no file of this release.',
    },
    {
      what: 'files without end',
      attack: () => Array.from({ length: 10_000 }, (_, at) => writeFileSync(join(out, `more-${at}`), '')),
      why: 'The folder has more than 10000 entries, so it is no release.',
    },
    {
      what: 'a changed list',
      attack: () => writeFileSync(join(out, 'SHA256SUMS'), sums().replace('image', 'other')),
      why: unsigned,
    },
    {
      what: 'a list cut at a line',
      attack: () => writeFileSync(join(out, 'SHA256SUMS'), sums().split('\n').slice(1).join('\n')),
      why: unsigned,
    },
    { what: 'no list', attack: () => rmSync(join(out, 'SHA256SUMS')), why: 'SHA256SUMS is missing.' },
    { what: 'no key', attack: () => rmSync(join(out, 'seawall-release.pub')), why: 'seawall-release.pub is missing.' },
    {
      what: 'a key that is none',
      attack: () => writeFileSync(join(out, 'seawall-release.pub'), 'x'),
      why: 'seawall-release.pub is no ed25519 public key.',
    },
    {
      what: 'no name of the release',
      attack: () => rmSync(join(out, 'SHA256SUMS.minisig')),
      why: 'SHA256SUMS.minisig is missing.',
    },
    {
      what: 'another name of the release',
      attack: () => writeFileSync(join(out, 'SHA256SUMS.minisig'), minisig().replace('1.2.3', '9.2.3')),
      why: unnamed,
    },
    {
      what: 'a name that is signed in the other way of minisign',
      attack: () => writeFileSync(join(out, 'SHA256SUMS.minisig'), minisig().replace(/^RU/m, 'RW')),
      why: unnamed,
    },
    {
      what: 'the name of another release of the same key',
      attack: () => {
        const later = minisigOf(Buffer.from('other'), readKey(key), 'Seawall 9.2.3, 2027-11-14T22:13:20.000Z');
        writeFileSync(join(out, 'SHA256SUMS.minisig'), later);
      },
      why: unnamed,
    },
    {
      what: 'a link as name',
      attack: () => [
        renameSync(join(out, 'SHA256SUMS.minisig'), join(folder, 'i')),
        symlinkSync(join(folder, 'i'), join(out, 'SHA256SUMS.minisig')),
      ],
      why: 'SHA256SUMS.minisig is a symbolic link.',
    },
    {
      what: 'lines that end as in DOS, though the key signed them',
      attack: () => signList(sums().replaceAll('\n', '\r\n')),
      why: 'SHA256SUMS is no list of files: line 1 is not a digest and a file name.',
    },
    { what: 'a cut signature', attack: () => truncateSync(join(out, 'SHA256SUMS.sig'), 63), why: unsigned },
    {
      what: 'a list beyond all bounds',
      attack: () => truncateSync(join(out, 'SHA256SUMS'), 300_000),
      why: 'SHA256SUMS is larger than 262144 bytes.',
    },
    {
      what: 'a file beyond all bounds',
      attack: () => truncateSync(join(out, 'image.tar'), mostArtefactBytes + 1),
      why: `image.tar is larger than ${mostArtefactBytes} bytes.`,
    },
    {
      what: 'a folder in the place of a file',
      attack: () => [rmSync(join(out, 'image.tar')), mkdirSync(join(out, 'image.tar'))],
      why: 'image.tar is no plain file.',
    },
    {
      what: 'a pipe, which is not waited for',
      attack: () => [rmSync(join(out, 'image.tar')), execFileSync('mkfifo', [join(out, 'image.tar')])],
      why: 'image.tar is no plain file.',
    },
    {
      what: 'a link to the same content',
      attack: () => [
        renameSync(join(out, 'image.tar'), join(folder, 'i')),
        symlinkSync(join(folder, 'i'), join(out, 'image.tar')),
      ],
      why: 'image.tar is a symbolic link.',
    },
    {
      what: 'a link as list',
      attack: () => [
        renameSync(join(out, 'SHA256SUMS'), join(folder, 'i')),
        symlinkSync(join(folder, 'i'), join(out, 'SHA256SUMS')),
      ],
      why: 'SHA256SUMS is a symbolic link.',
    },
  ])('$what', async ({ attack, why }) => {
    attack();
    expect(await verified()).toBe(why);
  });

  test('a changed file, with both digests', async () => {
    writeFileSync(join(out, 'image.tar'), 'other');
    expect(await verified()).toMatch(
      /^image\.tar was changed: its SHA-256 is d9298a10.*, the signed one is [0-9a-f]{64}\.$/,
    );
  });

  test('a file that the list does not name', async () => {
    writeFileSync(join(out, 'other'), '');
    expect(whyOf(await verifyRelease({ folder: out, names: ['other'], trusted }))).toBe(
      'other is not in SHA256SUMS: it is no file of this release.',
    );
  });

  test('names that lead elsewhere, though the key signed them', async () => {
    signList(`${'a'.repeat(64)}  ../image.tar\n`);
    expect(await verified()).toBe('SHA256SUMS is no list of files: line 1 is not a digest and a file name.');
  });
});

describe('an old release', () => {
  const call = async (
    options: CommandCall['options'] = {},
  ): Promise<{ readonly code: number; readonly err: string }> => {
    const terminal = recordingTerminal();
    const code = await run({ arguments: [out], options: { key: trusted, ...options }, terminal, env: {}, program: [] });
    return { code, err: terminal.said.err };
  };
  const signed = async (version: string): Promise<void> =>
    void (await signRelease({ root: folder, out, version, epoch: 1_700_000_000 }, key));

  test.each([
    { released: '0.0.9', code: 1 },
    { released: `${version}-rc.1`, code: 1 },
    { released: 'not-a-version', code: 1 },
    { released: version, code: 0 },
    { released: '99.0.0', code: 0 },
  ])('$released, seen by this program: $code', async ({ released, code }) => {
    await signed(released);
    const said = await call();
    expect([said.code, said.err.includes(`but older than this program, ${version}.`)]).toEqual([code, code === 1]);
    expect((await call({ older: true })).code).toBe(0);
  });
});

describe('a key changes', () => {
  const path = (name: string): string => join(folder, name);
  const other = (by: string, wanted: string): string =>
    `The release is of another key than the one of --key: it names ${by}, --key is ${wanted}`;

  test('and who trusts an old one follows its statements', async () => {
    const [second, third] = [makeKey(path('second')), makeKey(path('third'))];
    stateChange(key, path('second'), '2026-01-01T00:00:00.000Z');
    stateChange(path('second'), path('third'), '2027-01-01T00:00:00.000Z');
    await signAgain(path('third'));
    const check = await verifyRelease({ folder: out, trusted });
    expect(check).toMatchObject({ state: 'verified', signer: third });
    expect(check.state === 'verified' && check.changes.map(({ at }) => at.slice(0, 4))).toEqual(['2026', '2027']);
    expect(await verified(out, second)).toBe('verified');
    expect(await verified(out, third)).toBe('verified');
    // Who follows no longer takes what the old key signs.
    await signAgain();
    expect(await verified(out, third)).toBe(`${other(trusted, third)}, and no statement of that key names it.`);
  });

  test('but a new one without the statement is refused', async () => {
    const next = makeKey(path('next'));
    await signAgain(path('next'));
    expect(await verified()).toBe(`${other(next, trusted)}, and no statement of that key names it.`);
  });

  test('and a statement counts only when the old key signed it', async () => {
    const next = makeKey(path('next'));
    const thief = generateKeyPairSync('ed25519').privateKey;
    const [from, to] = [key, path('next')].map((file) => bytesOf(createPublicKey(readKey(file))).toString('base64'));
    const said = { from: from ?? '', to: to ?? '', at: '2026-01-01T00:00:00.000Z' };
    const words = `seawall release key change\nfrom ${said.from}\nto ${said.to}\nat ${said.at}\n`;
    const forged: KeyChange = { ...said, signature: sign(undefined, Buffer.from(words), thief).toString('base64') };
    const refusal = `${other(next, trusted)}, and no statement in seawall-release-key-changes.json that it signed leads there.`;
    writeFileSync(path('next.changes.json'), changesText([forged]));
    await signAgain(path('next'));
    expect(await verified()).toBe(refusal);
    stateChange(key, path('next'), said.at);
    const later = readFileSync(path('next.changes.json'), 'utf8').replace('2026-01-01', '2026-01-02');
    writeFileSync(path('next.changes.json'), later);
    await signAgain(path('next'));
    expect(await verified()).toBe(refusal);
  });
});
