import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect as open } from 'node:net';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { provenanceSchema } from '#provenance/console/index.ts';
import { agentOf } from '#inventory/console/testing.ts';
import { connectCluster, disconnectCluster, listClusters } from '../../contract.ts';
import { reviewLimit } from '../../kubernetes/review.ts';
import { badDigest, goodDigest, newDigest, recordedReview } from '../../kubernetes/testing.ts';
import { manifestNamed, openTestWebhook, type TestWebhook } from './testing.ts';

let webhook: TestWebhook;

beforeAll(async () => {
  webhook = await openTestWebhook();
  const name = 'registry.example/surge/gauge:3.9';
  await webhook.publish({ name, manifest: goodDigest, version: '8.1-1' });
  await webhook.publish({ name: 'registry.example/surge/gauge:3.8', manifest: badDigest, version: '8.0-1' });
}, 60_000);
afterAll(async () => await webhook.close());

/** A recorded review of a pod with another image, in another namespace, with a uid of its own. */
function podOf(image: string, more: Readonly<Record<string, unknown>> = {}): string {
  const body = JSON.parse(recordedReview('pod-passes').toString());
  body.request.object.spec.containers[0].image = image;
  return JSON.stringify({ ...body, request: { ...body.request, uid: `uid ${image}`, ...more } });
}

describe('an API server that asks', () => {
  test('is told of an image that passes and of one that fails, and both are noted', async () => {
    const passes = await webhook.send(recordedReview('pod-passes'));
    expect(passes).toMatchObject({ status: 200, body: { response: { allowed: true } } });
    const fails = await webhook.send(recordedReview('pod-fails'));
    expect(fails).toMatchObject({ status: 200, body: { response: { allowed: false, status: { code: 403 } } } });
    expect(fails.body.response.status?.message).toContain('CVE-2026-1 in curl 8.0-1');
    const stored = await webhook.decisions(2);
    expect(
      stored.map(({ host, answer, principal, environment }) => ({ host, answer, principal, environment })),
    ).toEqual([
      { host: 'kubernetes:surge-1/payments', answer: 'allow', principal: 'ada@surge.example', environment: 'prod' },
      { host: 'kubernetes:surge-1/payments', answer: 'deny', principal: 'ada@surge.example', environment: 'prod' },
    ]);
    expect(stored.every(({ milliseconds }) => milliseconds > 0 && milliseconds < 1000)).toBe(true);
  });

  test('that asks the same again is noted once', async () => {
    const before = (await webhook.decisions(0)).length;
    await webhook.send(podOf(`registry.example/surge/gauge@${goodDigest}`));
    await webhook.send(podOf(`registry.example/surge/gauge@${goodDigest}`));
    await webhook.send(podOf('nginx'));
    expect(await webhook.decisions(before + 2)).toHaveLength(before + 2);
  });

  test('about an unknown digest makes it wanted, but by a dry run', async () => {
    const dry = await webhook.send(recordedReview('pod-dry-run'));
    expect(dry.body.response.allowed).toBe(false);
    const before = (await webhook.decisions(0)).length;
    expect((await webhook.ask(listClusters, {})).wanted).toEqual([]);
    await trustRegistry('registry.example/surge');
    await webhook.send(recordedReview('pod-unscanned'));
    expect(await webhook.decisions(before + 1)).toHaveLength(before + 1);
    // What a trusted registry may hold, the console pulls itself.
    const pulls = webhook.store.query(provenanceSchema).selectFrom('pull').select(['wanted', 'why']);
    expect(await pulls.execute()).toEqual([{ wanted: `registry.example/surge/gauge@${newDigest}`, why: 'coming' }]);
    const { wanted, clusters } = await webhook.ask(listClusters, {});
    expect(wanted).toMatchObject([{ digest: newDigest, host: 'kubernetes:surge-1/payments', environment: 'prod' }]);
    expect(clusters).toMatchObject([{ name: 'surge-1', environment: 'prod', connectedBy: 'ada' }]);
    expect(clusters[0]?.askedAt).toBeDefined();
    const stored = await webhook.decisions(before + 1);
    const denied = stored.filter(({ answer }) => answer === 'deny').length;
    const alerted = stored.filter(({ answer, effect }) => answer === 'allow' && effect === 'alert').length;
    expect(denied).toBeGreaterThan(0);
    expect(clusters[0]?.day).toEqual({ allowed: stored.length - denied - alerted, alerted, denied });
  });

  test('is told the digest that hosts know a tag by', async () => {
    const { body } = await webhook.send(recordedReview('k6-tag-alone'));
    expect(body.response.allowed).toBe(false);
    expect(body.response.status?.message).toContain('Pin the digest: registry.example/surge/gauge:3.9@sha256:…');
  });
});

describe('which scan counts for an image that is to come', () => {
  const surge = 'registry.example/surge/*';
  const token = (...repositories: readonly string[]) =>
    ({ kind: 'token', id: randomUUID(), name: 'ci', repositories }) as const;
  const agent = (host: string) => ({ kind: 'agent', id: agentOf(host).id, name: host }) as const;

  test.each<[string, Partial<Parameters<TestWebhook['publish']>[0]>]>([
    ['a token whose image no trusted registry holds', { publisher: token(surge) }],
    [
      'a token of another repository than the one that holds it',
      { publisher: token(surge), repository: 'registry.example/other/gauge' },
    ],
    ['a person', { publisher: { kind: 'user', id: '4', name: 'eve' }, repository: 'registry.example/surge/gauge' }],
    ['an agent that does not hold it', { publisher: agent('prod-1') }],
    [
      'an agent that holds it in another environment',
      { publisher: agent('dev-1'), heldBy: { host: 'dev-1', environment: 'dev' } },
    ],
  ])('not that of %s', async (who, of) => {
    const name = `registry.example/surge/${who.replaceAll(' ', '-')}:1`;
    await webhook.publish({ name, manifest: manifestNamed(name), version: '8.1-1', ...of });
    const { body } = await webhook.send(podOf(`${name}@${manifestNamed(name)}`));
    expect(body.response.allowed).toBe(false);
    expect(body.response.status?.message).toContain('has no verdict in prod');
  });

  test.each<[string, Partial<Parameters<TestWebhook['publish']>[0]>]>([
    [
      'a token whose repository holds it in a trusted registry',
      { publisher: token(surge), repository: 'registry.example/surge/gauge' },
    ],
    [
      'an agent that holds it in the environment',
      { publisher: agent('prod-2'), heldBy: { host: 'prod-2', environment: 'prod' } },
    ],
    ['the console that pulled it', {}],
  ])('that of %s', async (who, of) => {
    const name = `registry.example/surge/${who.replaceAll(' ', '-')}:1`;
    await webhook.publish({ name, manifest: manifestNamed(name), version: '8.1-1', ...of });
    expect((await webhook.send(podOf(`${name}@${manifestNamed(name)}`))).body.response.allowed).toBe(true);
  });

  test("a token cannot give its clean image the manifest of another team's", async () => {
    const clean = 'registry.example/surge/clean:1';
    const theirs = manifestNamed('registry.example/bank/ledger:1');
    const repository = 'registry.example/surge/clean';
    // Its own manifest is proven; then it says of the same image that it lies under theirs.
    await webhook.publish({
      name: clean,
      manifest: manifestNamed(clean),
      version: '8.1-1',
      repository,
      publisher: token(surge),
    });
    await webhook.publish({ name: clean, manifest: theirs, version: '8.1-1', publisher: token(surge) });
    const { body } = await webhook.send(podOf(`registry.example/bank/ledger@${theirs}`));
    expect(body.response.allowed).toBe(false);
    expect(body.response.status?.message).toContain('has no verdict in prod');
  });

  test('of several images under one manifest, the one that fails', async () => {
    const name = 'registry.example/surge/twice:1';
    const manifest = manifestNamed(name);
    await webhook.publish({ name, manifest, version: '8.1-1' });
    await webhook.publish({ name, manifest, version: '8.0-9' });
    expect((await webhook.send(podOf(`${name}@${manifest}`))).body.response.allowed).toBe(false);
  });

  test('in the environment that a collection gives the namespace', async () => {
    await webhook.collection('staging', { hosts: ['kubernetes:surge-1/staging'] }, 'dev');
    const name = 'registry.example/surge/an-agent-that-holds-it-in-another-environment:1';
    const pod = podOf(`${name}@${manifestNamed(name)}`, { namespace: 'staging', uid: 'staging' });
    await expect.poll(async () => (await webhook.send(pod)).body.response.allowed, { timeout: 3000 }).toBe(true);
  });
});

describe('what is no review', () => {
  test.each([
    ['no JSON', '{', { status: 400 }],
    [
      'another version',
      JSON.stringify({ apiVersion: 'admission.k8s.io/v1beta1', kind: 'AdmissionReview' }),
      { status: 400 },
    ],
    [
      'a request without uid',
      JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: {} }),
      { status: 400 },
    ],
    ['too long', Buffer.alloc(reviewLimit + 1, 0x20), { status: 413 }],
    ['another type', 'a: b', { type: 'application/yaml', status: 415 }],
    ['a wrong path', '{}', { path: '/', status: 404 }],
    ['another method', '{}', { method: 'PUT', status: 404 }],
    ['a wrong key', '{}', { path: `/kubernetes/v1/surge-1/${'0'.repeat(64)}`, status: 403 }],
    ['a cluster that there is not', '{}', { path: `/kubernetes/v1/surge-2/${'0'.repeat(64)}`, status: 403 }],
  ])('%s is turned away', async (_, body, { status, ...more }) => {
    const reply = await webhook.send(body, more);
    expect(reply.status).toBe(status);
    expect(reply.body).not.toHaveProperty('response');
    expect(JSON.stringify(reply.body)).not.toContain(webhook.path);
  });

  test('is turned away whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.json(), fc.string()), async (body) => {
        expect((await webhook.send(body)).status).toBe(400);
      }),
      { numRuns: 100 },
    );
  });

  test('nested or cut up beyond all use is turned away before it is parsed', async () => {
    for (const body of [`${'['.repeat(1000)}${']'.repeat(1000)}`, `[${'[],'.repeat(300_000)}[]]`])
      expect((await webhook.send(body)).status).toBe(413);
  });

  test('and silent keeps no API server out, and is gone soon', async () => {
    const silent = Array.from({ length: 500 }, () => {
      const socket = open({ port: webhook.port, host: '127.0.0.1', localAddress: '127.0.0.2' });
      return socket.on('error', () => undefined).resume();
    });
    await Promise.all(silent.map((socket) => Promise.race([once(socket, 'connect'), once(socket, 'close')])));
    expect((await webhook.send(recordedReview('pod-passes'))).status).toBe(200);
    const left = (): number => silent.filter(({ closed }) => !closed).length;
    await expect.poll(left).toBeLessThanOrEqual(64);
    await expect.poll(left, { timeout: 20_000 }).toBe(0);
  });

  test('is not let in by an older TLS', async () => {
    const failed = new Promise((resolve) => {
      const socket = connect({ port: webhook.port, ca: webhook.authority, maxVersion: 'TLSv1.2' });
      socket.once('error', resolve).once('secureConnect', resolve);
    });
    expect(await failed).toBeInstanceOf(Error);
  });
});

test('a cluster that is connected again or disconnected asks in vain by its old key', async () => {
  const { path } = await webhook.ask(connectCluster, { params: { name: 'other' }, body: {} });
  expect((await webhook.send(recordedReview('pod-passes'), { path })).status).toBe(200);
  const again = await webhook.ask(connectCluster, { params: { name: 'other' }, body: {} });
  expect((await webhook.send(recordedReview('pod-passes'), { path })).status).toBe(403);
  await webhook.ask(disconnectCluster, { params: { name: 'other' } });
  expect((await webhook.send(recordedReview('pod-passes'), { path: again.path })).status).toBe(403);
});

async function trustRegistry(repositories: string): Promise<void> {
  const saved = { version: 1, saved_at: new Date(), saved_by: 'ada' };
  const open = { insecure: false, authorities: null, user: null, sealed_password: null };
  const row = { id: 'ours', name: 'Ours', repositories, ...saved, ...open };
  await webhook.store.query(provenanceSchema).insertInto('registry').values(row).execute();
}
