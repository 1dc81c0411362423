import { readFileSync } from 'node:fs';
import { mkdtemp, rm, symlink, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startableStores, startTestEngine, type TestEngine } from '../../../../../test/make/docker.ts';
import { ociImage } from '../../../../../test/make/image.ts';
import { docker } from '../../../../../test/make/program-image.ts';
import { pushImage, startRegistry } from '../../../../../test/make/registry.ts';
import { file, makeTar } from '../../../../../test/make/tar.ts';
import { ContainerFact, ImageFact, PresentFact } from '../../../contract.ts';
import { ask, busyboxImage, type CollectorAtWork, collect, removeContainer, startContainer } from '../../testing.ts';

const made = busyboxImage(['shop/box:1']);
const soon = { timeout: 5000, interval: 10 };

describe.each(startableStores())('an engine with the image store of %s', (store) => {
  let engine: TestEngine;
  let folder = '';
  let work: CollectorAtWork;

  beforeAll(async () => {
    engine = await startTestEngine({ store });
    await engine.load(made.bytes);
  });
  afterAll(() => engine?.stop());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'seawall-agent-'));
    work = start();
  });
  afterEach(async () => {
    await work.collecting.close();
    await rm(folder, { recursive: true });
  });

  const start = () => collect(engine.socket, { stateFolder: folder });
  const firstLook = () => expect.poll(() => work.facts.of('present').length, soon).toBeGreaterThan(0);

  test('is described, and its images are known by their content', async () => {
    await firstLook();
    expect(work.engines).toMatchObject([
      { kind: 'docker', imageStore: store, rootless: false, cgroupVersion: expect.stringMatching(/^[12]$/) },
    ]);
    expect(work.facts.of('image')).toMatchObject([{ state: 'present', subject: made.digest, names: ['shop/box:1'] }]);
    const [image] = work.facts.of('image');
    expect(work.facts.of('present')).toEqual([{ images: [image?.id], containers: [] }]);
  });

  test('tells of every change of a container at once, in facts of the agreed form', async () => {
    await firstLook();
    const id = await startContainer(engine.socket, { Labels: { app: 'x' } });
    await expect
      .poll(() => work.facts.container(id), soon)
      .toMatchObject({
        state: 'running',
        subject: made.digest,
        image: { name: 'shop/box:1' },
        labels: { app: 'x' },
        networks: ['none'],
      });
    expect(work.collecting.running()).toMatchObject([{ id, subject: made.digest, pid: expect.any(Number) }]);
    for (const [call, state] of [
      ['pause', 'paused'],
      ['unpause', 'running'],
      ['kill', 'exited'],
    ] as const) {
      await ask(engine.socket, ['POST', `/containers/${id}/${call}`]);
      await expect.poll(() => work.facts.container(id)?.state, soon).toBe(state);
    }
    await ask(engine.socket, ['POST', `/containers/${id}/rename?name=newly-named`]);
    await expect.poll(() => work.facts.container(id)?.name, soon).toBe('newly-named');
    await removeContainer(engine.socket, id);
    await expect.poll(() => work.facts.container(id), soon).toMatchObject({ state: 'removed', exitCode: 137 });
    expect(work.collecting.running()).toEqual([]);
    for (const fact of work.facts.of('container')) expect(ContainerFact.parse(fact)).toEqual(fact);
    const texts = work.facts.of('container').map((fact) => JSON.stringify(fact));
    expect(texts.filter((text, index) => text === texts[index - 1])).toEqual([]);
  });

  test('lets a label choose the environment only where the host allows it', async () => {
    const allowing = collect(engine.socket, {
      stateFolder: join(folder, 'allowing'),
      settings: { environment: 'dev', allowEnvironments: ['test'] },
    });
    const labelled = (environment: string) =>
      startContainer(engine.socket, { StopTimeout: 0, Labels: { 'seawall.environment': environment } });
    const [allowed, refused] = [await labelled('test'), await labelled('prod')];
    await expect.poll(() => allowing.facts.container(allowed)?.environment, soon).toBe('test');
    await expect.poll(() => allowing.facts.container(refused)?.environment, soon).toBe('dev');
    await expect.poll(() => work.facts.container(allowed)?.state, soon).toBe('running');
    expect(work.facts.container(allowed)?.environment).toBeUndefined();
    await removeContainer(engine.socket, allowed);
    await removeContainer(engine.socket, refused);
    await allowing.collecting.close();
  });

  test('describes a container before it starts, with its health check, and ends it', async () => {
    await firstLook();
    const Healthcheck = { Test: ['CMD-SHELL', 'test -e /x'], Interval: 1e9 };
    const body = { Image: 'shop/box:1', Cmd: ['/bin/busybox', 'sleep', '1000'], Healthcheck };
    const { Id: id } = (await ask(engine.socket, ['POST', '/containers/create'], {
      ...body,
      HostConfig: { NetworkMode: 'none' },
    })) as { Id: string };
    await expect.poll(() => work.described.find(({ fact }) => fact.id === id)?.fact.state, soon).toBe('created');
    await ask(engine.socket, ['POST', `/containers/${id}/start`]);
    await expect.poll(() => work.described.at(-1)?.fact.state, soon).toBe('running');
    const described = await work.collecting.describe(id);
    expect(described).toMatchObject({ healthCheck: ['/bin/sh', '-c', 'test -e /x'], fact: { id } });
    expect(described?.pid).toBeGreaterThan(0);
    await work.collecting.kill(id);
    await expect.poll(() => work.facts.container(id), soon).toMatchObject({ state: 'exited', exitCode: 137 });
    await work.collecting.kill(id);
    await removeContainer(engine.socket, id);
    await expect.poll(() => work.described.at(-1)?.fact.state, soon).toBe('removed');
    expect(await work.collecting.describe(id)).toBeUndefined();
  });

  test('tells of images that come, get names and go', async () => {
    await firstLook();
    const other = busyboxImage(['shop/other:1'], [file('etc/other', 'x')]);
    await engine.load(other.bytes);
    const { socket } = engine;
    const last = () => work.facts.of('image').findLast(({ subject }) => subject === other.digest);
    await expect.poll(last, soon).toMatchObject({ state: 'present', names: ['shop/other:1'] });
    await ask(socket, ['POST', '/images/shop%2Fother:1/tag?repo=shop/third&tag=2']);
    await expect.poll(last, soon).toMatchObject({ state: 'present', names: ['shop/other:1', 'shop/third:2'] });
    await ask(socket, ['DELETE', '/images/shop%2Fthird:2']);
    await ask(socket, ['DELETE', '/images/shop%2Fother:1']);
    await expect.poll(last, soon).toMatchObject({ state: 'gone' });
    for (const fact of work.facts.of('image')) expect(ImageFact.parse(fact)).toEqual(fact);
  });

  test('knows an image with a layer that was not pulled, for it lay there', async () => {
    const registry = await startRegistry();
    const name = `${registry.host}/shop/bare:1`;
    const base = makeTar([file('bin/busybox', readFileSync('/usr/bin/busybox'), 0o755)]);
    const bare = ociImage([base, makeTar([file('etc/bare', 'x')])], { compression: 'gzip' });
    try {
      const manifest = await pushImage(bare, { name });
      const id = store === 'containerd' ? manifest : bare.digest;
      expect(await docker(engine, 'pull', '-q', name)).toMatchObject({ code: 0 });
      // Containerd's store lists only what it holds packed too.
      const listed = JSON.stringify(await ask(engine.socket, ['GET', '/images/json']));
      expect(listed.includes(id)).toBe(store === 'docker');
      await firstLook();
      work.collecting.useImage(id);
      const last = () => work.facts.of('image').findLast((fact) => fact.id === id);
      await expect.poll(last, soon).toMatchObject({ state: 'present', subject: bare.digest, names: [name] });
      await ask(engine.socket, ['DELETE', `/images/${encodeURIComponent(name)}`]);
      await expect.poll(last, soon).toMatchObject({ state: 'gone' });
    } finally {
      await registry.end();
    }
  });

  test('goes on where it was when the agent was away: what came and went is told, what went is not listed', async () => {
    const before = await startContainer(engine.socket, {});
    await expect.poll(() => work.facts.container(before)?.state, soon).toBe('running');
    await work.collecting.close();
    const id = await startContainer(engine.socket, { Labels: { app: 'short' }, Cmd: ['/bin/busybox', 'false'] });
    await ask(engine.socket, ['POST', `/containers/${id}/wait`]);
    await removeContainer(engine.socket, id);
    await removeContainer(engine.socket, before);

    work = start();
    await expect
      .poll(() => work.facts.container(id), soon)
      .toMatchObject({
        state: 'removed',
        image: { name: 'shop/box:1' },
        labels: { app: 'short' },
        exitCode: 1,
        incomplete: true,
      });
    expect(ContainerFact.parse(work.facts.container(id))).toBeDefined();
    await firstLook();
    expect(work.facts.container(before)).toBeUndefined();
    expect(work.facts.of('present').at(-1)?.containers).toEqual([]);
  });

  test('says everything again when it is asked to, and nothing twice otherwise', async () => {
    const id = await startContainer(engine.socket, {});
    await expect.poll(() => work.facts.container(id)?.state, soon).toBe('running');
    await firstLook();
    const count = work.facts.of('container').length;
    work.collecting.reportAll();
    expect(work.facts.of('container')).toHaveLength(count);
    expect(PresentFact.parse(work.facts.of('present').at(-1)).containers).toEqual([id]);
    await removeContainer(engine.socket, id);
    await expect.poll(() => work.facts.container(id)?.state, soon).toBe('removed');
  });

  test('loses none of many containers that come and go at once', { timeout: 120_000 }, async () => {
    await firstLook();
    const many = store === 'docker' ? 20 : 40;
    const waiting = Array.from({ length: many }, (_, index) => index).values();
    const ids: string[] = [];
    const runSome = async (): Promise<void> => {
      for (const index of waiting) {
        const settings = { Cmd: ['/bin/busybox', 'true'], Labels: { number: `${index}` } };
        ids.push(await startContainer(engine.socket, { ...settings, HostConfig: { AutoRemove: true } }));
      }
    };
    await Promise.all([runSome(), runSome(), runSome(), runSome()]);
    const removed = () => ids.filter((id) => work.facts.container(id)?.state === 'removed').length;
    await expect.poll(removed, { timeout: 20_000 }).toBe(many);
    expect(work.facts.of('container').filter(({ incomplete }) => incomplete)).toEqual([]);
    expect(new Set(ids.map((id) => work.facts.container(id)?.labels['number'])).size).toBe(many);
  });
});

describe('an engine that ends', () => {
  test('is told to be away with the reason, and its content is told anew when it is back', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'seawall-agent-'));
    const socket = join(folder, 'engine.sock');
    const first = await startTestEngine({ store: 'docker' });
    await first.load(made.bytes);
    await symlink(first.socket, socket);
    const work = collect(socket, { stateFolder: folder });
    const id = await startContainer(socket, { StopTimeout: 1 });
    await expect.poll(() => work.facts.container(id)?.state, soon).toBe('running');
    await expect.poll(() => work.collecting.present(), soon).toEqual(new Set([id]));
    await first.stop();
    await expect.poll(() => work.engines.at(-1), soon).toMatchObject({ kind: 'none', reason: expect.any(String) });
    expect(work.collecting.images()).toEqual([]);
    expect([work.collecting.running(), work.collecting.present()]).toEqual([[], undefined]);

    const second = await startTestEngine({ store: 'containerd' });
    await second.load(made.bytes);
    await unlink(socket);
    await symlink(second.socket, socket);
    await expect.poll(() => work.engines.at(-1), soon).toMatchObject({ kind: 'docker', imageStore: 'containerd' });
    await expect.poll(() => work.facts.of('present').at(-1)?.containers, soon).toEqual([]);
    expect(work.collecting.present()).toEqual(new Set());
    expect(work.facts.of('present').at(-1)?.images).toEqual([work.facts.of('image').at(-1)?.id]);
    expect(work.facts.of('image').at(-1)?.subject).toBe(made.digest);
    await work.collecting.close();
    await second.stop();
    await rm(folder, { recursive: true });
  });
});

describe('a socket where no engine is', () => {
  test('is said so, once', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'seawall-agent-'));
    const work = collect(join(folder, 'none.sock'), { stateFolder: folder });
    const reason = expect.stringContaining('there is no such socket');
    await expect.poll(() => work.engines, soon).toEqual([{ kind: 'none', reason }]);
    await work.collecting.close();
    expect(work.facts.all).toEqual([]);
    await rm(folder, { recursive: true });
  });
});
