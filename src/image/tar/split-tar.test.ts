import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink as linkTo, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DiffId } from '#base/index.ts';
import { sha256 } from '../../../test/make/image.ts';
import { directory, file, gnuLongName, makeTar, symlink } from '../../../test/make/tar.ts';
import { readLayer } from '../read-layer.ts';
import { defaultLimits, type LayerPass } from '../source.ts';
import { joinSplitTar } from './split-tar.ts';

let folder = '';
let recipe = '';
let payloads = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seawall-split-'));
  recipe = join(folder, 'tar-split.json.gz');
  payloads = join(folder, 'diff');
  await mkdir(payloads);
});
afterEach(() => rm(folder, { recursive: true }));

const large = Buffer.alloc(3 * 1024 * 1024 + 5, 'seawall ');
const longName = `${'d/'.repeat(80)}last`;
const tar = makeTar([
  directory('./etc'),
  file('./etc/a', 'Alpha'),
  file('etc/empty'),
  symlink('etc/link', '/'),
  gnuLongName('ignored'),
  file('ignored', 'long'),
  file(longName, 'deep'),
  file('large', large),
]);

/** Lines of a recipe that cuts the payloads of these files, name → content in their order, out of a tar. */
function linesFor(whole: Uint8Array, files: readonly (readonly [string, Uint8Array])[]): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = [];
  let done = 0;
  for (const [name, content] of files) {
    const at = Buffer.from(whole).indexOf(content, done);
    lines.push({ type: 2, payload: Buffer.from(whole.subarray(done, at)).toString('base64') });
    lines.push({ type: 1, name, size: content.length, payload: 'AAAAAAAAAAA=' });
    done = at + content.length;
  }
  return [...lines, { type: 2, payload: Buffer.from(whole.subarray(done)).toString('base64') }];
}

async function write(lines: readonly unknown[]): Promise<void> {
  const numbered = lines.map((line, position) => JSON.stringify({ ...Object(line), position }));
  await writeFile(recipe, gzipSync(numbered.join('\n')));
}

async function put(name: string | Buffer, content: string | Uint8Array): Promise<void> {
  if (typeof name === 'string') await mkdir(dirname(join(payloads, name)), { recursive: true });
  const place = typeof name === 'string' ? join(payloads, name) : Buffer.concat([Buffer.from(`${payloads}/`), name]);
  await writeFile(place, content);
}

async function joined(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of joinSplitTar({ recipe, folder: payloads })) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** What a scan sees of the layer. */
async function read(): Promise<LayerPass & { contents: string[] }> {
  const contents: string[] = [];
  const layer = { index: 2, diffId: sha256(tar) as DiffId, size: 0 };
  const visitor = {
    wants: () => true,
    visit: (found: { readonly content: Uint8Array }) => void contents.push(Buffer.from(found.content).toString()),
  };
  const pass = await readLayer({ kind: 'split', layer, recipe, folder: payloads }, visitor, { limits: defaultLimits });
  return { ...pass, contents };
}

describe('a tar kept as recipe and payloads', () => {
  const files: readonly (readonly [string, Uint8Array])[] = [
    ['./etc/a', Buffer.from('Alpha')],
    ['ignored', Buffer.from('long')],
    [longName, Buffer.from('deep')],
    ['large', large],
  ];
  beforeEach(async () => {
    await write([...linesFor(tar, files), { type: 1, name: 'etc/empty', payload: null }]);
    for (const [name, content] of files) await put(name, content);
  });

  it('is put together byte for byte', async () => {
    expect((await joined()).equals(tar)).toBe(true);
    const { verified, faults, contents } = await read();
    expect({ verified, faults }).toEqual({ verified: true, faults: [] });
    expect(contents).toEqual(['Alpha', '', 'long', 'deep', large.toString()]);
  });

  it.each([
    ['is missing', async () => rm(join(payloads, 'etc/a'))],
    ['has 2 bytes instead of 5', async () => put('etc/a', 'AB')],
    ['is no regular file', async () => replaced('etc/a', (place) => execFileSync('mkfifo', [place]))],
    ['is no regular file', async () => replaced('etc/a', (place) => linkTo(secret, place))],
    ['lies behind something that is no folder', async () => replaced('etc', (place) => linkTo(folder, place))],
    ['lies behind something that is no folder', async () => replaced('etc', (place) => linkTo('../', place))],
  ])('whose file %s is a fault of the layer that names it', async (reason, damage) => {
    secret = join(folder, 'a');
    await writeFile(secret, 'Alpha');
    await damage();
    const { verified, faults, contents } = await read();
    expect(verified).toBe(false);
    expect(faults).toMatchObject([{ code: 'unreadable-file', path: './etc/a', layer: 2 }]);
    expect(faults[0]?.message).toContain(`./etc/a ${reason}`);
    expect(contents).toEqual([]);
  });

  let secret = '';
  async function replaced(name: string, make: (place: string) => unknown): Promise<void> {
    const place = join(payloads, name);
    await rm(place, { recursive: true });
    await make(place);
  }

  it('keeps what comes before a missing file', async () => {
    await rm(join(payloads, 'large'));
    const { faults, contents } = await read();
    expect(faults).toMatchObject([{ code: 'unreadable-file', path: 'large' }]);
    expect(contents).toEqual(['Alpha', '', 'long', 'deep']);
  });

  it('whose file holds other bytes does not match its digest', async () => {
    await put('large', Buffer.alloc(large.length));
    const { verified, faults } = await read();
    expect(verified).toBe(false);
    expect(faults).toMatchObject([{ code: 'corrupt-archive' }]);
  });
});

describe('names in a recipe', () => {
  it('may be no UTF-8, or begin with a slash', async () => {
    const bytes = Buffer.from([0x6e, 0xe4, 0x6d, 0x65]);
    await put(bytes, 'latin');
    await put('ä', 'utf-8');
    await write([
      { type: 1, name: 'n�me', name_raw: bytes.toString('base64'), size: 5, payload: '' },
      { type: 1, name: '/./ä', size: 5, payload: '' },
    ]);
    expect((await joined()).toString()).toBe('latinutf-8');
  });

  it.each(['../outside', 'x/../../outside', '..', '.', '', 'x\0', `${'d/'.repeat(2000)}f`])(
    'that lead out or nowhere are refused: %j',
    async (name) => {
      await writeFile(join(folder, 'outside'), 'outside');
      await mkdir(join(payloads, 'x'));
      await write([{ type: 1, name, size: 7, payload: '' }]);
      await expect(joined()).rejects.toMatchObject({ name: 'Error', path: name.slice(0, 4096) });
    },
  );
});

describe('a damaged recipe', () => {
  const noLine = 'a line that is none';
  it.each([
    ['no gzip', 'header', Buffer.from('{"type":2,"payload":""}')],
    ['no JSON', noLine, gzipSync('{"type":2,\n')],
    ['no object', noLine, gzipSync('7')],
    ['another type', noLine, gzipSync('{"type":3,"payload":""}')],
    ['no name', noLine, gzipSync('{"type":1,"size":1}')],
    ['a size that is none', noLine, gzipSync('{"type":1,"name":"a","size":"1"}')],
    ['a line without end', 'too long a line', gzipSync(`{"type":2,"payload":"${'A'.repeat(40 * 1024 * 1024)}"}`)],
  ])('is a fault of the layer: %s', async (_, reason, content) => {
    await writeFile(recipe, content);
    const { verified, faults } = await read();
    expect(verified).toBe(false);
    expect(faults).toMatchObject([{ code: 'corrupt-archive', message: expect.stringContaining(reason), layer: 2 }]);
  });
});
