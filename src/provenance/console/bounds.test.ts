import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { SubjectId } from '#base/index.ts';
import { accessSchema } from '#access/console/index.ts';
import { catalogSchema } from '#catalog/console/index.ts';
import { answerOf } from '#http/console/testing.ts';
import { inventorySchema } from '#inventory/console/index.ts';
import { linkSchema } from '#link/console/index.ts';
import { agentOf, containerFact, hostFact, reportAs } from '#inventory/console/testing.ts';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { type OciImage, ociImage } from '../../../test/make/image.ts';
import { pushImage, startRegistry, type TestRegistry } from '../../../test/make/registry.ts';
import { file, makeTar } from '../../../test/make/tar.ts';
import { getProvenance, lookForProvenance, putTrustedRegistry } from '../contract.ts';
import { provenanceSchema } from './schema.ts';
import { createProvenance, type ProvenanceService } from './service.ts';
import { ada } from './testing.ts';

const many = Array.from({ length: 60 }, (_, at) => at);

let store: Store;
let provenance: ProvenanceService;
let registry: TestRegistry;
const now = new Date('2026-11-25T12:00:00Z');
beforeAll(async () => {
  store = await createTestStore([accessSchema, linkSchema, inventorySchema, catalogSchema, provenanceSchema]);
  registry = await startRegistry();
});
afterAll(async () => {
  await registry.end();
  await store.close();
});
beforeEach(async () => {
  const key = randomBytes(32);
  provenance = createProvenance({ store, clock: () => now, masterKey: () => key, usedBy: async () => [] });
  await trust(`${registry.host}/team`);
});

test('names that one host makes up do not keep those of another from being asked', async () => {
  const image = made('filled');
  await pushImage(image, { name: at('team/filled:1') });
  await reported(image, 'a-liar', { names: many.map((one) => at(`team/made-up-${one}:1`)) });
  await reported(image, 'b-honest', { names: [at('team/filled:1')] });
  await provenance.prove({ subject: subjectOf(image) });
  expect(await originOf(image)).toMatchObject({ state: 'proven', places: [{ repository: at('team/filled') }] });
});

test('what a host calls the image that it runs is asked before what hosts call it that only hold it', async () => {
  const image = made('running');
  await pushImage(image, { name: at('team/running:1') });
  for (const one of many.slice(0, 45)) await reported(image, `holds-${one}`, { names: [at(`team/held-${one}:1`)] });
  await reported(image, 'runs', { names: [at('team/running:1')] });
  const container = { subject: subjectOf(image), image: { id: image.digest, name: at('team/running:1') } };
  const fact = containerFact('runs', 'running', container);
  await reportAs(store, agentOf('runs', 'prod'), { kind: 'container', bodies: [fact] });
  await provenance.prove({ subject: subjectOf(image) });
  expect((await originOf(image)).state).toBe('proven');
});

test('digests of other repositories do not keep the name of a trusted one from being asked', async () => {
  const image = made('crowded');
  await pushImage(image, { name: at('team/crowded:1') });
  const repoDigests = many.map((one) => `other.example/app@sha256:${String(one).padStart(64, 'a')}`);
  await reported(image, 'mirrored', { names: [at('team/crowded:1')], repoDigests });
  await provenance.prove({ subject: subjectOf(image) });
  expect(await originOf(image)).toMatchObject({ state: 'proven' });
});

test('a name of no trusted repository costs no question, and leads to no new look', async () => {
  const { host, asked, end } = await openCounting('at once');
  await trust(`${host}/team`);
  const image = made('steady');
  await reported(image, 'steady', { names: [`${host}/team/steady:1`] });
  await provenance.prove({ subject: subjectOf(image) });
  expect((await originOf(image)).state).toBe('disproven');
  const before = asked();
  await reported(image, 'other', { names: [`${host}/elsewhere/steady:1`, 'other.example/steady:1'] });
  await provenance.prove({ subject: subjectOf(image) });
  expect(asked()).toBe(before);
  await reported(image, 'another', { names: [`${host}/team/steady:2`] });
  await provenance.prove({ subject: subjectOf(image) });
  expect(asked()).toBe(before + 2);
  end();
});

test('people look for a few images at once, some wait, and more are told to come back', async () => {
  const silent = await openCounting('never');
  await trust(`${silent.host}/team`);
  const images = Array.from({ length: 14 }, (_, index) => made(`asked ${index}`));
  for (const image of images) await reported(image, 'asking', { names: [`${silent.host}/team/app:1`] });
  const refused: unknown[] = [];
  const asked = images.map(async (image) => {
    const input = { params: { subject: subjectOf(image) } };
    const looking = answerOf(provenance.routes, { endpoint: lookForProvenance, input, principal: ada });
    await looking.catch((error: unknown) => refused.push(error));
  });
  await expect.poll(() => [silent.asked(), refused.length]).toEqual([2, 4]);
  expect(refused).toMatchObject(refused.map(() => ({ code: 'too-many-requests' })));
  silent.end();
  await Promise.all(asked);
  expect([silent.most(), refused.length]).toEqual([2, 4]);
});

/** A registry that holds nothing, and says so at once or never. */
async function openCounting(answers: 'at once' | 'never') {
  let open = 0;
  let most = 0;
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    open += 1;
    most = Math.max(most, open);
    response.once('close', () => (open -= 1));
    request.resume();
    if (answers === 'at once') response.writeHead(404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: () => asked,
    /** Questions at once. */
    most: () => most,
    end: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function made(content: string): OciImage {
  return ociImage([makeTar([file('opt/content', content)])]);
}

function at(rest: string): string {
  return `${registry.host}/${rest}`;
}

async function reported(
  image: OciImage,
  host: string,
  names: { readonly names: readonly string[]; readonly repoDigests?: readonly string[] },
): Promise<void> {
  const agent = agentOf(host, 'prod');
  await reportAs(store, agent, { kind: 'host', bodies: [hostFact({ environment: 'prod' })] });
  const fact = { id: image.digest, state: 'present', subject: image.digest, repoDigests: [], ...names };
  await reportAs(store, agent, { kind: 'image', bodies: [fact] });
}

function subjectOf(image: OciImage): SubjectId {
  return image.digest as SubjectId;
}

async function originOf(image: OciImage) {
  const input = { params: { subject: subjectOf(image) } };
  return (await answerOf(provenance.routes, { endpoint: getProvenance, input, principal: ada })).provenance.origin;
}

async function trust(repositories: string): Promise<void> {
  const body = { name: 'Ours', repositories, insecure: false };
  const input = { params: { id: 'ours' }, body };
  await answerOf(provenance.routes, { endpoint: putTrustedRegistry, input, principal: ada });
}
