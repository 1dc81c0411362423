import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { SubjectId } from '#base/index.ts';
import { accessSchema } from '#access/console/index.ts';
import { catalogSchema } from '#catalog/console/index.ts';
import { debianPackage, imageScan, publishTo } from '#catalog/console/testing.ts';
import type { Principal } from '#http/console/index.ts';
import { answerOf } from '#http/console/testing.ts';
import type { CallInput, Endpoint, ReplyOf } from '#http/index.ts';
import { inventorySchema } from '#inventory/console/index.ts';
import { agentOf, hostFact, reportAs } from '#inventory/console/testing.ts';
import type { Store } from '#store/index.ts';
import { when } from '#store/index.ts';
import { linkSchema } from '#link/console/index.ts';
import { createTestStore } from '#store/testing.ts';
import { cosignWithKey } from '../../../test/make/cosign.ts';
import { freePort } from '../../../test/make/free-port.ts';
import { type OciImage, ociImage } from '../../../test/make/image.ts';
import { pierPassword, pushImage, startRegistry, type TestRegistry } from '../../../test/make/registry.ts';
import { file, makeTar } from '../../../test/make/tar.ts';
import {
  deleteSigningKey,
  deleteTrustedRegistry,
  getProvenance,
  getTrust,
  lookForProvenance,
  putApprovedBase,
  putSigningKey,
  putTrustedRegistry,
} from '../contract.ts';
import { provenanceChanged } from './facts.ts';
import { provenanceSchema } from './schema.ts';
import { createProvenance, type ProvenanceService } from './service.ts';
import { ada } from './testing.ts';
import { accessOf } from './trust.ts';

const eve: Principal = { ...ada, id: 'eve', name: 'eve', collections: ['shop'] };
const masterKey = randomBytes(32);
const basic = `Basic ${Buffer.from('pier:sesame').toString('base64')}`;

let store: Store;
let provenance: ProvenanceService;
let registry: TestRegistry;
let now = new Date('2026-11-25T12:00:00Z');
let users: readonly string[] = [];
const changed: SubjectId[] = [];

beforeAll(async () => {
  store = await createTestStore([accessSchema, linkSchema, inventorySchema, catalogSchema, provenanceSchema]);
  provenance = createProvenance({ store, clock: () => now, masterKey: () => masterKey, usedBy: async () => users });
  registry = await startRegistry({ auth: { kind: 'password' } });
  const reported = when(provenanceChanged, 'told', async ({ subject }) => void changed.push(subject));
  await store.start([reported]);
});
afterAll(async () => {
  await registry.end();
  await store.close();
});
beforeEach(async () => {
  const { registries, keys } = await ask(getTrust, {});
  users = [];
  for (const { id } of registries) await ask(deleteTrustedRegistry, { params: { id } });
  for (const { id } of keys) await ask(deleteSigningKey, { params: { id } });
  changed.length = 0;
});

test('an image that appears is proven by the registry that is trusted, with the password that is kept', async () => {
  const image = await appears('first');
  expect(await stateOf(image)).toMatchObject({ state: 'unknown', why: 'No registry is trusted.' });
  await trust();
  expect(await stateOf(image)).toMatchObject({ state: 'unknown', why: 'Not checked yet.' });
  await provenance.proveAll();
  expect(await stateOf(image)).toMatchObject({
    state: 'proven',
    places: [{ repository: `${registry.host}/team/first` }],
  });
  await expect.poll(() => changed).toContain(image.digest);
  expect((await ask(getProvenance, { params: { subject: subjectOf(image) } })).provenance).toMatchObject({
    lookedAt: now.toISOString(),
    lookedBy: 'the console',
  });
});

test('what is trusted no longer proves nothing from that moment on, and is not told of as a password', async () => {
  const image = await appears('second');
  await trust();
  await provenance.prove({ subject: subjectOf(image) });
  expect((await stateOf(image)).state).toBe('proven');
  await ask(deleteTrustedRegistry, { params: { id: 'ours' } });
  expect(await stateOf(image)).toMatchObject({ state: 'unknown', places: [] });
  // The same id again is another registry: what was proven by the one before does not come back.
  await trust({ repositories: `${registry.host}/other` });
  expect((await stateOf(image)).state).toBe('unknown');
  const trail = JSON.stringify(await store.query(accessSchema).selectFrom('audit').selectAll().execute());
  expect(trail).toContain('trusted-registry-removed');
  const kept = JSON.stringify(await ask(getTrust, {}));
  const row = await store.query(provenanceSchema).selectFrom('registry').select('sealed_password').executeTakeFirst();
  for (const text of [trail, kept, String(row?.sealed_password)]) expect(text).not.toContain('sesame');
});

test('a password stays with its host, user, way of proof and token server', async () => {
  await trust();
  const kept = async (more: object) => {
    const { password: _, ...without } = registryBody(more);
    const { registry: saved } = await ask(putTrustedRegistry, { params: { id: 'ours' }, body: without });
    await trust();
    return saved.hasPassword;
  };
  expect(await kept({ name: 'Another name' })).toBe(true);
  expect(await kept({ repositories: `${registry.host}/other` })).toBe(true);
  expect(await kept({ repositories: 'evil.example/team' })).toBe(false);
  expect(await kept({ insecure: true })).toBe(false);
  expect(await kept({ user: 'other' })).toBe(false);
  expect(await kept({ tokenServer: 'auth.example' })).toBe(false);
});

test('a password goes to a token server that was saved with it, and opens with no other', async () => {
  await trust({ tokenServer: 'auth.example:8443' });
  const rows = store.query(provenanceSchema).selectFrom('registry').selectAll();
  const row = await rows.executeTakeFirstOrThrow();
  const access = accessOf(row, () => masterKey);
  expect(access.tokenServers).toEqual({ [registry.host]: 'auth.example:8443' });
  await expect(access.credentials(registry.host)).resolves.toMatchObject({ user: pierPassword.user });
  for (const token_server of ['evil.example', null]) {
    const { credentials } = accessOf({ ...row, token_server }, () => masterKey);
    await expect(credentials(registry.host)).rejects.toThrow();
  }
  await trust();
  expect(accessOf(await rows.executeTakeFirstOrThrow(), () => masterKey).tokenServers).toBeUndefined();
  for (const tokenServer of ['https://auth.example', 'auth.example/token', 'user@auth.example', 'auth.example:443'])
    await expect(trust({ tokenServer })).rejects.toMatchObject({ code: 'bad-request' });
});

test.each([
  '169.254.169.254',
  '169.254.169.254:5000/team',
  '2852039166:80/team',
  '0xa9.0xfe.0xa9.0xfe/team',
  '0251.0376.0251.0376:5000',
  '[fe80::1]:5000/team',
  '[::ffff:169.254.169.254]:5000/team',
  '[::ffff:a9fe:a9fe]/team',
])('a registry at %s is not saved: it is link-local', async (repositories) => {
  await expect(trust({ repositories })).rejects.toMatchObject({ code: 'bad-request' });
  const tokenServer = repositories.split('/')[0];
  await expect(trust({ tokenServer })).rejects.toMatchObject({ message: expect.stringContaining('link-local') });
  expect((await ask(getTrust, {})).registries).toEqual([]);
});

test('a registry that was away is asked again, later each time', async () => {
  const port = await freePort();
  const image = made('away');
  await reported(image, `127.0.0.1:${port}/team/away:1`);
  await trust({ repositories: `127.0.0.1:${port}/team` });
  await provenance.proveAll();
  expect(await stateOf(image)).toMatchObject({ state: 'unknown', why: expect.stringMatching(/cannot be asked/) });
  const waits: number[] = [];
  for (let tries = 0; tries < 3; tries += 1) {
    const row = await store
      .query(provenanceSchema)
      .selectFrom('proof')
      .select('due_at')
      .where('subject', '=', subjectOf(image))
      .executeTakeFirstOrThrow();
    const due = row.due_at ?? now;
    waits.push((due.getTime() - now.getTime()) / 60_000);
    now = due;
    await provenance.proveDue();
  }
  expect(waits).toEqual([1, 2, 4]);
  const back = await startRegistry({ port, auth: { kind: 'password' } });
  try {
    await pushImage(image, { name: `${back.host}/team/away:1`, authorization: basic });
    now = new Date(now.getTime() + 60 * 60_000);
    await provenance.proveDue();
    expect((await stateOf(image)).state).toBe('proven');
  } finally {
    await back.end();
  }
});

test('what is proven stays so while its registry is away, and not once that answers that it is gone', async () => {
  const port = await freePort();
  const image = made('kept');
  const name = `127.0.0.1:${port}/team/kept:1`;
  const there = await startRegistry({ port, auth: { kind: 'password' } });
  await pushImage(image, { name, authorization: basic });
  await reported(image, name);
  await trust({ repositories: `127.0.0.1:${port}/team` });
  const { publicKey } = generateKeyPairSync('ed25519');
  const pem = String(publicKey.export({ type: 'spki', format: 'pem' }));
  await ask(putSigningKey, { params: { id: 'missing' }, body: { name: 'Missing', pem } });
  const looked = { params: { subject: subjectOf(image) } };
  expect((await ask(lookForProvenance, looked)).provenance.origin.state).toBe('proven');
  await there.end();
  const { origin, signatures } = (await ask(lookForProvenance, looked)).provenance;
  expect([origin.state, signatures[0]?.state]).toEqual(['proven', 'unknown']);
  const again = (await ask(lookForProvenance, looked)).provenance.origin;
  for (const { why } of [origin, again]) expect(why).toMatch(/holds it\. No registry could be asked since\.$/);
  const empty = await startRegistry({ port, auth: { kind: 'password' } });
  try {
    expect((await ask(lookForProvenance, looked)).provenance.origin.state).toBe('disproven');
  } finally {
    await empty.end();
  }
});

test('what is trusted while it is looked for counts before it is settled', async () => {
  const image = await appears('meanwhile');
  await trust();
  const looking = provenance.prove({ subject: subjectOf(image) });
  const { publicKey } = generateKeyPairSync('ed25519');
  const pem = String(publicKey.export({ type: 'spki', format: 'pem' }));
  await ask(putSigningKey, { params: { id: 'late' }, body: { name: 'Late', pem } });
  await looking;
  const { signatures } = (await ask(getProvenance, { params: { subject: subjectOf(image) } })).provenance;
  expect(signatures).toMatchObject([
    { key: 'late', state: 'disproven', why: 'Late did not sign it: there are no signatures.' },
  ]);
});

test('a signature that comes later is found when a person asks, and a key that a policy names stays', async () => {
  const image = await appears('signed');
  await trust();
  const cosign = cosignWithKey();
  try {
    await ask(putSigningKey, { params: { id: 'release' }, body: { name: 'Release', pem: cosign.publicKey } });
    await provenance.prove({ subject: subjectOf(image) });
    const subject = { params: { subject: subjectOf(image) } };
    expect((await ask(getProvenance, subject)).provenance.signatures).toMatchObject([{ state: 'disproven' }]);
    const login = ['--registry-username', pierPassword.user, '--registry-password', pierPassword.password];
    cosign.sign(`${registry.host}/team/signed@${image.descriptor.digest}`, login);
    const looked = await ask(lookForProvenance, subject);
    expect(looked.provenance.signatures).toMatchObject([{ key: 'release', state: 'proven' }]);
  } finally {
    cosign.remove();
  }
  users = ['policy "Prod"'];
  await expect(ask(deleteSigningKey, { params: { id: 'release' } })).rejects.toMatchObject({
    code: 'in-use',
    message: expect.stringContaining('policy "Prod"'),
  });
});

test('a base is what the believed scan of its image says, whoever published after it', async () => {
  const name = 'registry.example/base:1';
  const scan = imageScan({ content: 'a base', names: [name], packages: [debianPackage('curl', '8.2')] });
  if (scan.subject.kind !== 'image') throw new Error('no image');
  const { digest } = scan.subject;
  const clock = () => now;
  await reportAs(store, agentOf('based', 'prod'), { kind: 'host', bodies: [hostFact({ environment: 'prod' })] });
  const fact = { id: digest, state: 'present', subject: digest, names: [name], repoDigests: [] };
  await reportAs(store, agentOf('based', 'prod'), { kind: 'image', bodies: [fact] });
  const publisher = { kind: 'agent' as const, id: agentOf('based').id, name: 'based', environment: 'prod' };
  await publishTo(store, scan, { clock, publisher });
  const layers = [{ index: 0, diffId: `sha256:${'e'.repeat(64)}`, size: 1 }];
  const lie = { ...scan, subject: { ...scan.subject, layers } } as unknown as typeof scan;
  await publishTo(store, lie, { clock, publisher: { kind: 'user', id: 'eve', name: 'eve' } });
  const body = { name: 'Base', from: { kind: 'image' as const, digest } };
  const saved = await ask(putApprovedBase, { params: { id: 'base' }, body });
  expect(saved.base.diffIds).toEqual(scan.subject.layers.map(({ diffId }) => diffId));
});

test('what is wrong is refused, and what lies elsewhere is not shown', async () => {
  await expect(trust({ repositories: 'https://registry.example' })).rejects.toMatchObject({ code: 'bad-request' });
  await expect(trust({ authorities: 'none' })).rejects.toMatchObject({ code: 'bad-request' });
  const key = { params: { id: 'a' }, body: { name: 'A', pem: 'none' } };
  await expect(ask(putSigningKey, key)).rejects.toMatchObject({ code: 'bad-request' });
  const unscanned = { kind: 'image' as const, digest: made('unscanned').digest };
  const base = { params: { id: 'a' }, body: { name: 'A', from: unscanned } };
  await expect(ask(putApprovedBase, base)).rejects.toMatchObject({ code: 'not-found' });
  const subject = subjectOf(await appears('hidden'));
  await expect(ask(getProvenance, { params: { subject } }, eve)).rejects.toMatchObject({ code: 'not-found' });
});

function made(content: string): OciImage {
  return ociImage([makeTar([file('opt/content', content)])]);
}

/** Pushed to the registry, and held by a host under that name. */
async function appears(content: string): Promise<OciImage> {
  const image = made(content);
  await pushImage(image, { name: `${registry.host}/team/${content}:1`, authorization: basic });
  await reported(image, `${registry.host}/team/${content}:1`);
  return image;
}

async function reported(image: OciImage, name: string): Promise<void> {
  const agent = agentOf('pier-1', 'prod');
  await reportAs(store, agent, { kind: 'host', bodies: [hostFact({ environment: 'prod' })] });
  const fact = { id: image.digest, state: 'present', subject: image.digest, names: [name], repoDigests: [] };
  await reportAs(store, agent, { kind: 'image', bodies: [fact] });
}

function subjectOf(image: OciImage): SubjectId {
  return image.digest as SubjectId;
}

async function stateOf(image: OciImage) {
  return (await ask(getProvenance, { params: { subject: subjectOf(image) } })).provenance.origin;
}

function registryBody(more: object = {}) {
  const login = { user: pierPassword.user, password: pierPassword.password };
  return { name: 'Ours', repositories: `${registry.host}/team`, insecure: false, ...login, ...more };
}

async function trust(more: object = {}): Promise<void> {
  await ask(putTrustedRegistry, { params: { id: 'ours' }, body: registryBody(more) });
}

async function ask<E extends Endpoint>(
  endpoint: E,
  input: Partial<CallInput<E>>,
  principal: Principal = ada,
): Promise<ReplyOf<E>> {
  return await answerOf(provenance.routes, { endpoint, input, principal });
}
