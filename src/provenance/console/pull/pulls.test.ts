import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ImageDigest, ScanId, SubjectId } from '#base/index.ts';
import { accessSchema } from '#access/console/index.ts';
import { catalogSchema, differencesOf, listScans, readScan } from '#catalog/console/index.ts';
import { newToken } from '#catalog/console/counting.testing.ts';
import { imageScan, publishTo } from '#catalog/console/testing.ts';
import { ScanPublication } from '#catalog/contract.ts';
import type { Principal } from '#http/console/index.ts';
import { answerOf } from '#http/console/testing.ts';
import { inventorySchema } from '#inventory/console/index.ts';
import { linkSchema } from '#link/console/index.ts';
import { agentOf, hostFact, reportAs } from '#inventory/console/testing.ts';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { runSeawall } from '../../../../test/journeys/seawall.ts';
import { type OciImage, ociImage, sha256 } from '../../../../test/make/image.ts';
import { npmPackage, osRelease } from '../../../../test/make/packages.ts';
import { pierPassword, pushImage, startRegistry, type TestRegistry } from '../../../../test/make/registry.ts';
import { file, makeTar } from '../../../../test/make/tar.ts';
import { getProvenance, type Pull, pullImage, putTrustedRegistry } from '../../contract.ts';
import { limits } from '../../limits.ts';
import { readOrigins } from '../origins.ts';
import { provenanceSchema } from '../schema.ts';
import { createProvenance, type ProvenanceService } from '../service.ts';
import { ada } from '../testing.ts';
import { countBytes } from './pull-rows.ts';
import { pullComing } from './pulls.ts';
import { type Answers, cut, hangUp, imageServer, lowest, pour, sizeOf } from './testing.ts';

const key = randomBytes(32);
const basic = `Basic ${Buffer.from('pier:sesame').toString('base64')}`;
const root = mkdtempSync(join(tmpdir(), 'seawall-pulls-'));
const folder = join(root, 'pulls');

let store: Store;
let registry: TestRegistry;
let provenance: ProvenanceService;
let now = new Date('2026-11-25T12:00:00Z');
const scanned: string[] = [];
const served = imageServer();

beforeAll(async () => {
  store = await createTestStore([accessSchema, linkSchema, inventorySchema, catalogSchema, provenanceSchema]);
  registry = await startRegistry({ auth: { kind: 'password' } });
  provenance = open();
  await trust('ours', registry.host);
});
afterEach(() => {
  served.close();
  now = new Date(now.getTime() + 26 * 3_600_000);
});
afterAll(async () => {
  await provenance.close();
  await registry.end();
  await store.close();
  rmSync(root, { recursive: true, force: true });
});

/** A console of this store, whose scans are done by the program as it is. */
function open(at = folder): ProvenanceService {
  return createProvenance({
    store,
    clock: () => now,
    masterKey: () => key,
    usedBy: async () => [],
    pulls: {
      folder: at,
      newScanId: () => randomUUID() as string as ScanId,
      scan: async (layout) => {
        scanned.push(layout);
        const run = await runSeawall(['catalog', `oci:${layout}`, '--no-cache']);
        expect(run.stderr).toBe('');
        return ScanPublication.parse(JSON.parse(run.stdout));
      },
    },
  });
}

describe('the console pulls an image', () => {
  test('that a person asks for: with the password that is kept, by digest, and stores the scan as its own', async () => {
    const image = await pushed('asked');
    await reported(image, `${registry.host}/team/asked:1`);
    await provenance.prove({ subject: subjectOf(image) });
    expect(await pullOf(image)).toBeUndefined();
    const { pull } = await answerOf(provenance.routes, {
      endpoint: pullImage,
      input: { params: { digest: image.digest as ImageDigest } },
      principal: ada,
    });
    expect(pull).toMatchObject({ state: expect.stringMatching(/waiting|running/), why: 'asked' });
    await provenance.pullDue();
    const place = `${registry.host}/team/asked@${image.descriptor.digest}`;
    expect(await pullOf(image)).toEqual({
      state: 'done',
      why: 'asked',
      askedAt: now.toISOString(),
      endedAt: now.toISOString(),
      place,
    });
    const [scan] = await scansOf(image);
    expect(scan?.publisher).toEqual({ kind: 'console', id: 'console', name: 'console' });
    expect(scan?.document).toMatchObject({
      digest: image.digest,
      manifestDigest: image.descriptor.digest,
      names: [place],
    });
    const names = scan?.catalog.packages.map(({ name }) => name);
    expect(names?.toSorted()).toEqual(['asked-above', 'asked-below']);
    expect(readdirSync(folder)).toEqual([]);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const trail = await store.query(accessSchema).selectFrom('audit').select(['action', 'target']).execute();
    expect(trail.at(-1)).toEqual({ action: 'image-pull-asked', target: { kind: 'image', id: image.digest } });
  });

  test('about which publishers told different things, once and not again right away', async () => {
    const image = await held('differing');
    await provenance.pull({ subject: subjectOf(image) });
    await provenance.pullDue();
    await provenance.pull({ subject: subjectOf(image) });
    await provenance.pullDue();
    expect(await pullOf(image)).toMatchObject({ state: 'done', why: 'differing' });
    expect(await scansOf(image)).toHaveLength(1);
    now = new Date(now.getTime() + 3_601_000);
    await provenance.pull({ subject: subjectOf(image) });
    await provenance.pullDue();
    expect(await scansOf(image)).toHaveLength(2);
  });

  test('that is coming and that nobody holds, where a trusted registry is asked for it by digest', async () => {
    const image = await pushed('coming');
    const digest = image.descriptor.digest;
    const asked = [
      { reference: `${registry.host}/team/coming@${digest}`, digest },
      { reference: `${registry.host}/elsewhere/coming@${digest}`, digest },
      { reference: `registry.example/team/coming@${digest}`, digest },
    ];
    await store.transaction(async (transaction) => await pullComing(transaction, asked, now));
    await provenance.pullDue();
    expect(await pullOf(image)).toMatchObject({ state: 'done', why: 'coming', place: asked[0]?.reference });
    const rows = await store.query(provenanceSchema).selectFrom('pull').select('wanted').execute();
    expect(rows.filter(({ wanted }) => wanted.includes('/coming@')).map(({ wanted }) => wanted)).toEqual([
      asked[0]?.reference,
    ]);
  });

  test('and leaves a token what it is worth: what it published otherwise still differs', async () => {
    const image = await held('doubted');
    const token = await newToken(store, [`${registry.host}/team/*`]);
    const empty = imageScan({ content: 'doubted', names: [`${registry.host}/team/doubted:1`], packages: [] });
    const lie = ScanPublication.parse({ ...empty, subject: { ...empty.subject, digest: image.digest } });
    await publishTo(store, lie, { clock: () => now, publisher: token, originsOf: readOrigins });
    await provenance.pull({ subject: subjectOf(image) });
    await provenance.pullDue();
    const [difference] = await differencesOf(store, subjectOf(image));
    expect(difference).toMatchObject({
      settledBy: 'pull',
      scans: [{ publisher: { kind: 'console' } }, { publisher: { id: token.id } }],
    });
  });

  test('once, whichever consoles look for what is due', async () => {
    const image = await held('shared');
    const other = open(join(root, 'other'));
    scanned.length = 0;
    await store.transaction(async (transaction) => {
      await pullComing(transaction, [], now);
    });
    await provenance.pull({ subject: subjectOf(image) });
    await Promise.all([provenance.pullDue(), other.pullDue(), provenance.pullDue(), other.pullDue()]);
    await other.close();
    expect(scanned).toHaveLength(1);
    expect(await scansOf(image)).toHaveLength(1);
  });

  test('is asked for within what a person may see and do', async () => {
    const image = await held('scoped');
    const elsewhere: Principal = { ...ada, id: 'eve', name: 'eve', collections: ['shop'] };
    const digest = image.digest as ImageDigest;
    const asking = answerOf(provenance.routes, {
      endpoint: pullImage,
      input: { params: { digest } },
      principal: elsewhere,
    });
    await expect(asking).rejects.toMatchObject({ code: 'not-found' });
    expect([pullImage.needs, pullImage.status]).toEqual(['operate', 202]);
  });
});

describe('a pull that fails', () => {
  test('says that nobody is proven to hold the image, and waits longer each time', async () => {
    const image = made('unproven');
    await reported(image, 'registry.example/team/unproven:1');
    await provenance.pull({ subject: subjectOf(image) });
    const waits: number[] = [];
    for (let tries = 0; tries < 4; tries += 1) {
      await provenance.pullDue();
      const pull = await pullOf(image);
      expect(pull).toMatchObject({ state: 'failed', reason: expect.stringMatching(/^No trusted registry is proven/) });
      waits.push((Date.parse(pull?.dueAt ?? '') - now.getTime()) / 60_000);
      now = new Date(pull?.dueAt ?? now);
    }
    expect(waits).toEqual([5, 10, 20, 40]);
  });

  const registries: readonly (readonly [string, RegExp, (image: OciImage) => Answers])[] = [
    [
      'another layer',
      /does not match/,
      (image) => ({ [lowest(image)]: (_, to) => to.end(Buffer.alloc(sizeOf(image))) }),
    ],
    [
      'a layer that is cut',
      /does not match|breaks off/,
      (image) => ({ [lowest(image)]: (_, to) => to.end(cut(image)) }),
    ],
    ['a layer without end', /does not match/, (image) => ({ [lowest(image)]: (_, to) => pour(to) })],
    ['half a layer and hangs up', /breaks off/, (image) => ({ [lowest(image)]: (_, to) => hangUp(to, image) })],
    ['another config', /does not match/, (image) => ({ [image.digest]: (_, to) => to.end('{}') })],
    ['another manifest', /does not match/, (image) => ({ [image.descriptor.digest]: (_, to) => to.end('{}') })],
    [
      'a redirect to a file',
      /not followed/,
      (image) => ({ [lowest(image)]: (_, to) => to.writeHead(307, { location: 'file:///etc/passwd' }).end() }),
    ],
  ];
  test.each(registries)(
    'for a registry that sends %s: keeps why, and stores and leaves nothing',
    async (what, why, answers) => {
      const { image, host } = await provenAt(what);
      await served.serve(image, { host, answers: answers(image) });
      await provenance.pull({ subject: subjectOf(image) });
      await provenance.pullDue();
      expect(await pullOf(image)).toMatchObject({ state: 'failed', reason: expect.stringMatching(why) });
      expect(await scansOf(image)).toEqual([]);
      expect(readdirSync(folder)).toEqual([]);
      await served.serve(image, { host, answers: {} });
      now = new Date(now.getTime() + 5 * 60_000);
      await provenance.pullDue();
      expect(await pullOf(image)).toMatchObject({ state: 'done' });
      expect(await scansOf(image)).toHaveLength(1);
    },
  );

  test('for layers that are not those of the config, though each digest fits', async () => {
    const layer = makeTar([npmPackage('hidden', '1.0.0')]);
    const lie = { rootfs: { type: 'layers', diff_ids: [sha256('another layer')] } };
    const { image } = await provenAt('contradiction', ociImage([layer], { config: lie }));
    await provenance.pull({ subject: subjectOf(image) });
    await provenance.pullDue();
    expect(await pullOf(image)).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/not read whole: .*match/),
    });
    expect(await scansOf(image)).toEqual([]);
  });

  test('for an image that is too large: says so before a layer is fetched, and is not tried again by itself', async () => {
    const config = made('vast');
    const bytes = config.blobs.get(config.digest) ?? new Uint8Array();
    const manifest = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: config.digest, size: bytes.length },
        layers: config.diffIds.map((digest) => ({ mediaType: 'tar', digest, size: limits.pullBytes.value })),
      }),
    );
    const blobs = new Map<string, Uint8Array>([[config.digest, bytes]]).set(sha256(manifest), manifest);
    const descriptor = { ...config.descriptor, digest: sha256(manifest) };
    const { image } = await provenAt('vast', { ...config, blobs, descriptor });
    await provenance.pull({ subject: subjectOf(image) });
    await provenance.pullDue();
    const pull = await pullOf(image);
    expect(pull).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/too large to be pulled: its layers/),
    });
    expect(pull?.dueAt).toBeUndefined();
  });

  test('by the end of its console leaves nothing for the next start, which takes it over', async () => {
    const { image, host } = await provenAt('killed');
    await served.serve(image, { host, answers: { [lowest(image)]: (_, to) => void to.write('a') } });
    await provenance.pull({ subject: subjectOf(image) });
    await expect.poll(() => readdirSync(folder), { timeout: 10_000 }).toHaveLength(1);
    // What a kill leaves behind: the folder, and the row of a pull that runs.
    const left = join(root, 'left');
    mkdirSync(join(left, 'pull-killed'), { recursive: true });
    writeFileSync(join(left, 'pull-killed', 'layer'), 'half');
    await provenance.close();
    expect(readdirSync(folder)).toEqual([]);
    const running = { state: 'running' as const, due_at: now, claimed_until: new Date(now.getTime() + 3_600_000) };
    const ofImage = store.query(provenanceSchema).updateTable('pull').where('wanted', '=', image.digest);
    await ofImage.set(running).execute();
    provenance = open(left);
    expect(readdirSync(left)).toEqual([]);
    await served.serve(image, { host, answers: {} });
    await provenance.pullDue();
    expect(await pullOf(image)).toMatchObject({ state: 'running' });
    now = new Date(now.getTime() + 2 * 3_600_000);
    await provenance.pullDue();
    expect(await pullOf(image)).toMatchObject({ state: 'done' });
  });
});

test('bytes are counted by the day, and the next day has its own', async () => {
  const count = async (bytes: number, at: string) =>
    await store.transaction(async (transaction) => await countBytes(transaction, bytes, new Date(at)));
  const all = limits.pullBytesADay.value;
  expect(await count(all - 1, '2030-01-01T00:00:00Z')).toBe('counted');
  expect(await count(2, '2030-01-01T23:59:59Z')).toBe('full');
  expect(await count(1, '2030-01-01T23:59:59Z')).toBe('counted');
  expect(await count(1, '2030-01-01T23:59:59Z')).toBe('full');
  expect(await count(all, '2030-01-02T00:00:00Z')).toBe('counted');
});

function made(content: string): OciImage {
  const below = makeTar([
    osRelease('debian', '13'),
    npmPackage(`${slug(content)}-below`, '1.0.0'),
    file('a', randomBytes(2000)),
  ]);
  return ociImage([below, makeTar([npmPackage(`${slug(content)}-above`, '1.0.0')])], { compression: 'none' });
}

function slug(text: string): string {
  return text.replaceAll(/[^a-z]+/g, '-');
}

async function pushed(content: string): Promise<OciImage> {
  const image = made(content);
  await pushImage(image, { name: `${registry.host}/team/${content}:1`, authorization: basic });
  return image;
}

async function held(content: string): Promise<OciImage> {
  const image = await pushed(content);
  await reported(image, `${registry.host}/team/${content}:1`);
  await provenance.prove({ subject: subjectOf(image) });
  return image;
}

async function reported(image: OciImage, name: string): Promise<void> {
  const agent = agentOf('pier-1', 'prod');
  await reportAs(store, agent, { kind: 'host', bodies: [hostFact({ environment: 'prod' })] });
  const fact = { id: image.digest, state: 'present', subject: image.digest, names: [name], repoDigests: [] };
  await reportAs(store, agent, { kind: 'image', bodies: [fact] });
}

async function trust(id: string, host: string): Promise<void> {
  const body = { name: id, repositories: `${host}/team`, insecure: true, ...pierPassword };
  await answerOf(provenance.routes, {
    endpoint: putTrustedRegistry,
    input: { params: { id }, body },
    principal: ada,
  });
}

let trusted = 0;

/** An image that a registry of its own was proven to hold while it was honest. */
async function provenAt(
  what: string,
  image = made(what),
): Promise<{ readonly image: OciImage; readonly host: string }> {
  const host = await served.serve(image, { answers: {} });
  trusted += 1;
  await trust(`own-${trusted}`, host);
  await reported(image, `${host}/team/${slug(what)}:1`);
  await provenance.prove({ subject: subjectOf(image) });
  return { image, host };
}

function subjectOf(image: OciImage): SubjectId {
  return image.digest as SubjectId;
}

async function pullOf(image: OciImage): Promise<Pull | undefined> {
  const input = { params: { subject: subjectOf(image) } };
  return (await answerOf(provenance.routes, { endpoint: getProvenance, input, principal: ada })).pull;
}

async function scansOf(image: OciImage) {
  const scans = await listScans(store, subjectOf(image), { limit: 10 });
  const read = await Promise.all(scans.map(async ({ scan }) => await readScan(store, scan)));
  return read.filter((scan) => scan !== undefined);
}
