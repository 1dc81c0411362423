import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeSafely } from '#link/agent/index.ts';
import { ask, removeContainer } from '#inventory/agent/testing.ts';
import { startableStores } from '../../../test/make/docker.ts';
import { canBuildWrapper } from '../../../test/make/wrapper.ts';
import type { LedgerBase } from '#admission/contract.ts';
import { tryWrapper } from './canary/trial.ts';
import { allowDigest } from './install/allow-digest.ts';
import { gateStatus } from './install/gate-status.ts';
import {
  entryOf,
  type GateWorld,
  images,
  ledgerOf,
  openGateWorld,
  soon,
  usualRule,
} from '../../../test/make/gate-world.ts';

const stores = canBuildWrapper() ? startableStores() : [];

describe.each(stores)('the gate of a host whose images lie in the store of %s', { timeout: 180_000 }, (store) => {
  let world: GateWorld;
  beforeAll(async () => void (world = await openGateWorld(store)));
  afterAll(() => world?.close());

  /** The store has no part in some cases: each of those is tried with one, by turns. */
  const [onDocker, onContainerd] = (['docker', 'containerd'] as const).map((one) => (one === store ? test : undefined));

  /** What is known starts without the agent; without the file that the wrapper reads nothing is. */
  const closeWithoutLedger = async (): Promise<void> => {
    await world.closeGate();
    rmSync(join(world.state, 'gate/ledger'));
  };

  test('lets start what passes and refuses what does not, and tells each once with why', async () => {
    const good = await world.make('good');
    await world.start(good);
    await expect
      .poll(() => world.decisions(good), soon)
      .toMatchObject([
        {
          answer: 'allow',
          cause: 'verdict',
          subject: 'shop/good:1',
          digest: images.good.digest,
          environment: 'prod',
          ring: 2,
        },
      ]);
    const bad = await world.make('bad');
    await expect(world.start(bad)).rejects.toThrow('It has CVE-2026-1.');
    await expect
      .poll(() => world.decisions(bad), soon)
      .toMatchObject([
        {
          answer: 'deny',
          effect: 'block',
          cause: 'verdict',
          evidence: ['CVE-2026-1 in libc6'],
          gate: 'runtime-wrapper',
        },
      ]);
    expect(world.decisions(bad)[0]?.rule).toEqual({ id: 'usual', version: 3, name: 'Usual' });
    await removeContainer(world.engine.socket, good);
  });

  test('refuses settings that a rule blocks, by the spec that the runtime gets', async () => {
    const privileged = await world.make('good', { Privileged: true });
    await expect(world.start(privileged)).rejects.toThrow('rivileged');
    await expect.poll(() => world.decisions(privileged), soon).toMatchObject([{ answer: 'deny', cause: 'settings' }]);
  });

  test('refuses in time what is made so long that nobody can read it while it waits', async () => {
    const Binds = Array.from({ length: 4000 }, (_, at) => `/home:/m/${at}:ro`);
    const long = await world.make('good', { Binds });
    await expect(world.start(long)).rejects.toThrow('with fewer labels and mounts');
    await expect.poll(() => world.decisions(long), soon).toMatchObject([{ answer: 'deny', cause: 'request' }]);
    await removeContainer(world.engine.socket, long);
  });

  test('holds an unknown image until it is known, and no longer than the rule says', async () => {
    const known = world.ledger().entries;
    await world.publish([{ ...usualRule, holdSeconds: 20 }], known);
    const held = await world.make('new');
    const starting = world.start(held);
    await expect.poll(() => world.hurried.length, soon).toBe(1);
    await world.publish([{ ...usualRule, holdSeconds: 20 }], [...known, entryOf(images.new, 'allow')]);
    await starting;
    await expect.poll(() => world.decisions(held), soon).toMatchObject([{ answer: 'allow', cause: 'verdict' }]);
    expect(world.decisions(held)[0]?.held).toBeGreaterThan(0);
    await removeContainer(world.engine.socket, held);

    await world.publish([{ ...usualRule, holdSeconds: 1 }], known);
    const before = performance.now();
    await expect(world.start(await world.make('new'))).rejects.toThrow('seawall gate allow sha256:');
    expect(performance.now() - before).toBeGreaterThan(1000);
    expect(performance.now() - before).toBeLessThan(8000);
  });

  test('lets a held start go on only once the runtime knows the same', async () => {
    const known = world.ledger().entries;
    const held = { ...usualRule, holdSeconds: 20 };
    await world.publish([held], known);
    const hurried = world.hurried.length;
    const file = join(world.state, 'gate/ledger');
    const asked = world.question(await world.make('new'), images.new.digest);
    const written = asked.then(() => readFileSync(file).readBigUInt64LE(16));
    await expect.poll(() => world.hurried.length, soon).toBe(hurried + 1);
    // Writes of a file wait for each other: the next one takes its time.
    void writeSafely(file, Buffer.concat([readFileSync(file), Buffer.alloc(256 << 20)]));
    await world.publish([held], [...known, entryOf(images.new, 'allow')]);
    expect(Number(await written)).toBe(world.ledger().sequence);
    await world.publish([usualRule], known);
  });

  test('lets a start go on as soon as the engine tells of which image it is', async () => {
    const { socket } = world.engine;
    const known = world.ledger().entries;
    await world.publish([{ ...usualRule, holdSeconds: 20 }], [...known, entryOf(images.back, 'allow')]);
    const container = await world.make('good');
    const { Id: id } = (await ask(socket, ['GET', '/images/shop/back:1/json'])) as { Id: string };
    await ask(socket, ['DELETE', '/images/shop/back:1']);
    await expect.poll(() => readFileSync(join(world.state, 'gate/images.json'), 'utf8'), soon).not.toContain(id);
    const asked = performance.now();
    const answer = world.question(container, id);
    // Docker's own store names an image by its content, so nothing waits there.
    if (store === 'containerd') await expect.poll(() => world.hurried, soon).toContain(id);
    await world.engine.load(images.back.bytes);
    expect(await answer).toMatchObject({ answer: 'allow' });
    expect(performance.now() - asked).toBeLessThan(10_000);
    await removeContainer(socket, container);
    await world.publish([usualRule], known);
  });

  test('lets root start a digest for a while, and tells the console', async () => {
    await world.publish([usualRule], world.ledger().entries);
    await expect(world.start(await world.make('glass'))).rejects.toThrow('gate allow');
    const allowed = allowDigest({
      stateFolder: world.state,
      digest: images.glass.digest,
      milliseconds: 60_000,
      reason: 'the queue runs over',
      user: 'mara',
      now: new Date(),
    });
    await expect.poll(() => world.of('break-glass'), soon).toEqual([allowed.fact]);
    const glass = await world.make('glass');
    await expect
      .poll(
        () =>
          world.start(glass).then(
            () => 'started',
            () => 'refused',
          ),
        soon,
      )
      .toBe('started');
    await expect
      .poll(() => world.decisions(glass).at(-1), soon)
      .toMatchObject({ answer: 'allow', cause: 'break-glass' });
    await removeContainer(world.engine.socket, glass);
  });

  test('lets a step of a build run on an approved base alone, and says what a build is to stand on', async () => {
    const rules = [{ ...usualRule, builds: 'approved-base' as const }];
    const { entries } = world.ledger();
    const build = async (): Promise<string> => {
      const words = ['build', '--progress=plain', '--no-cache', '--network=none', '-'];
      const env = { ...process.env, DOCKER_HOST: `unix://${world.engine.socket}`, DOCKER_BUILDKIT: '1' };
      const building = spawn('docker', words, { env });
      building.stdin.end('FROM shop/good:1\nRUN ["/bin/busybox", "true"]\n');
      const said = text(building.stderr);
      const [code] = await once(building, 'close');
      return `${code} ${await said}`;
    };
    const own = { name: 'Good', diffIds: images.good.diffIds as unknown as LedgerBase['diffIds'] };
    await world.publish(rules, entries, { bases: [own] });
    const built = await build();
    if (store === 'docker') expect(built).toMatch(/^0 /);
    else expect(built).toMatch(/^1 [^]*The base of this step cannot be seen/);
    const other = { name: 'Other', diffIds: [`sha256:${'b'.repeat(64)}`] as unknown as LedgerBase['diffIds'] };
    await world.publish(rules, entries, { bases: [other] });
    if (store === 'docker')
      expect(await build()).toMatch(/^1 [^]*needs an approved base. This one is none: build on Other/);
    await world.publish(rules, entries, { bases: [] });
    expect(await build()).toMatch(/^1 [^]*None is approved: approve one on the page Trust/);
    await world.publish([usualRule], entries);
  });

  test('stops what runs when its image no longer passes', async () => {
    const turned = await world.make('turned');
    await world.start(turned);
    const others = world.ledger().entries.filter(({ digest }) => digest !== images.turned.digest);
    await world.publish([usualRule], [...others, entryOf(images.turned, 'deny')]);
    await expect.poll(() => world.stateOf(turned), soon).toBe('exited');
    await expect
      .poll(() => world.decisions(turned).at(-1), soon)
      .toMatchObject({ gate: 'sweep', ring: 3, cause: 'verdict', outcome: 'stopped' });
    expect(world.of('rogues').flatMap(({ rogues }) => rogues)).toContainEqual(
      expect.objectContaining({ container: turned, cause: 'verdict', outcome: 'stopped' }),
    );
  });

  onContainerd?.('states nothing else while the engine is away, and knows what it let start later', async () => {
    const { rules, entries } = world.ledger();
    const rogues = () =>
      world
        .of('rogues')
        .at(-1)
        ?.rogues.map(({ container, cause }) => [container, cause]);
    const [turned, good] = [await world.make('new'), await world.make('good')];
    const known = [...entries, entryOf(images.new, 'allow')];
    const alert = { ...usualRule, rogue: 'alert' } as const;
    await world.publish([alert], known);
    for (const id of [turned, good]) await world.start(id);
    await world.publish([alert], [...entries, entryOf(images.new, 'deny')]);
    await expect.poll(rogues, soon).toEqual([[turned, 'verdict']]);

    const before = world.of('rogues').length;
    await world.cut(true);
    await world.publish([alert], [...entries, entryOf(images.new, 'deny')]);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect(world.of('rogues').length).toBe(before);
    await world.cut(false);
    await world.publish([alert], [...entries, entryOf(images.new, 'deny')]);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect(rogues()).toEqual([[turned, 'verdict']]);
    for (const id of [turned, good]) await removeContainer(world.engine.socket, id);
    await world.publish(rules, entries);
  });

  test('starts again what was refused because it was away, and goes by the stored ledger then', async () => {
    await closeWithoutLedger();
    const waiting = await world.make('good', { RestartPolicy: { Name: 'always' } });
    await expect(world.start(waiting)).rejects.toThrow('The agent is not running');
    const once = await world.make('good');
    await expect(world.start(once)).rejects.toThrow('The agent is not running');
    await world.openGate();
    await expect.poll(() => world.stateOf(waiting), soon).toBe('running');
    await expect
      .poll(() => world.decisions(waiting).map(({ answer, cause }) => [answer, cause]), soon)
      .toEqual([
        ['deny', 'gate-fault'],
        ['allow', 'verdict'],
      ]);
    expect(await world.stateOf(once)).toBe('created');
    await removeContainer(world.engine.socket, waiting);
  });

  test('forgets none of that when it reads of it before it has met its engine', async () => {
    await closeWithoutLedger();
    const waiting = await world.make('good', { RestartPolicy: { Name: 'always' } });
    await expect(world.start(waiting)).rejects.toThrow('The agent is not running');
    await world.openGate('unknown');
    await expect.poll(() => world.decisions(waiting), soon).toHaveLength(1);
    world.meetEngine();
    await expect.poll(() => world.stateOf(waiting), soon).toBe('running');
    await removeContainer(world.engine.socket, waiting);
  });

  onDocker?.('tells what it cannot start again, and why, until nobody wants it', async () => {
    await closeWithoutLedger();
    const hindered = await world.make('good', {
      RestartPolicy: { Name: 'always' },
      Sysctls: { 'net.core.nothing': '1' },
    });
    await expect(world.start(hindered)).rejects.toThrow('The agent is not running');
    await world.openGate();
    const reported = /was refused while no agent was there, and could not be started .*net.core.nothing/;
    await expect.poll(() => world.of('gate').at(-1)?.problems.join(' '), soon).toMatch(reported);
    const context = {
      gateFolder: join(world.folder, 'gate'),
      stateFolder: world.state,
      instance: 'none',
      now: new Date(),
    };
    const status = await gateStatus({ ...context, engineSocket: world.engine.socket });
    expect(status.problems.join(' ')).toMatch(reported);
    await removeContainer(world.engine.socket, hindered);
    await expect.poll(() => world.of('gate').at(-1)?.problems.join(' '), soon).not.toMatch(reported);
  });

  onDocker?.('takes no ledger that is older than its own, or for another host', async () => {
    const { sequence } = world.ledger();
    for (const [wrong, why] of [
      [{ ...world.ledger(), sequence: sequence - 1, entries: [] }, 'is older than'],
      [{ ...world.ledger(), sequence: sequence + 1, host: 'quay-9', entries: [] }, 'it is for quay-9'],
    ] as const) {
      world.serve(wrong);
      await expect.poll(() => world.of('gate').at(-1)?.problems.join(' '), soon).toContain(why);
      expect(world.of('gate').at(-1)?.ledger?.sequence).toBe(sequence);
    }
    await world.publish([usualRule], [entryOf(images.good, 'allow')]);
    expect(world.of('gate').at(-1)?.problems.join(' ')).not.toContain('quay-9');
  });

  test('goes by the host’s own rule when its ledger is gone, says so, and starts what waited for the next one', async () => {
    const { rules, entries } = world.ledger();
    const lose = async (): Promise<void> => {
      await world.closeGate();
      rmSync(join(world.state, 'gate/ledger.json'));
      world.serve({ ...world.ledger(), host: 'quay-9' });
      await world.openGate();
    };
    await lose();
    const waiting = await world.make('good', { RestartPolicy: { Name: 'always' } });
    await expect(world.start(waiting)).rejects.toThrow('no admission ledger of its console, so nothing starts');
    await expect
      .poll(() => world.decisions(waiting), soon)
      .toMatchObject([{ answer: 'deny', effect: 'block', cause: 'gate-fault', ring: 2 }]);
    await expect
      .poll(() => world.of('gate').at(-1)?.problems.join(' '), soon)
      .toContain('There is no admission ledger, so every start is refused');
    const own = await world.make('own');
    await world.start(own);
    await world.publish(rules, entries);
    await expect.poll(() => world.stateOf(waiting), soon).toBe('running');

    world.configure({ broken: 'allow' });
    await lose();
    const open = await world.make('bad');
    await world.start(open);
    await expect
      .poll(() => world.decisions(open), soon)
      .toMatchObject([{ answer: 'allow', effect: 'alert', cause: 'gate-fault' }]);
    await expect
      .poll(() => world.of('gate').at(-1)?.problems.join(' '), soon)
      .toContain('There is no admission ledger, so nothing is refused');
    world.configure({ broken: 'deny' });
    for (const id of [waiting, own, open]) await removeContainer(world.engine.socket, id);
    await world.publish(rules, entries);
  });

  test('puts the file of the runtime right that somebody damaged, and answers meanwhile', async () => {
    const compiled = join(world.state, 'gate/ledger');
    const written = (): bigint => readFileSync(compiled).readBigUInt64LE(16); // native/include/ledger.h
    await expect.poll(written, soon).toBe(BigInt(world.ledger().sequence));
    const before = readFileSync(compiled);
    writeFileSync(compiled, before.subarray(0, 40));
    const good = await world.make('good');
    await world.start(good);
    await expect.poll(() => world.decisions(good), soon).toMatchObject([{ answer: 'allow', cause: 'verdict' }]);
    await expect.poll(() => readFileSync(compiled).equals(before), soon).toBe(true);
    await removeContainer(world.engine.socket, good);
  });

  test('lets the product’s own images start when the ledger has ended, and nothing else', async () => {
    const { sequence } = world.ledger();
    world.serve({
      ...ledgerOf(sequence + 1, [usualRule], world.ledger().entries),
      expiresAt: new Date().toISOString(),
    });
    await expect.poll(() => world.of('gate').at(-1)?.problems.join(' '), soon).toContain('has ended');
    await expect(world.start(await world.make('good'))).rejects.toThrow('has expired');
    const own = await world.make('own');
    await world.start(own);
    await expect.poll(() => world.decisions(own), soon).toMatchObject([{ answer: 'allow', cause: 'own-image' }]);
    await world.closeGate();
    const alone = await world.make('own');
    await world.start(alone);
    await world.openGate();
    await expect.poll(() => world.decisions(alone), soon).toMatchObject([{ answer: 'allow', cause: 'own-image' }]);
    for (const id of [own, alone]) await removeContainer(world.engine.socket, id);
    await world.publish([usualRule], world.ledger().entries);
  });

  test('answers what is known in milliseconds', async () => {
    const container = await world.make('good');
    const took: number[] = [];
    for (let round = 0; round < 200; round += 1) {
      const before = performance.now();
      const answer = await world.question(container);
      took.push(performance.now() - before);
      expect(answer).toMatchObject({ answer: 'allow' });
    }
    const sorted = took.toSorted((one, other) => one - other);
    const p95 = sorted[189] ?? 0;
    process.stdout.write(`answers of known images: median ${sorted[100]?.toFixed(2)} ms, p95 ${p95.toFixed(2)} ms\n`);
    expect(p95).toBeLessThan(50);
  });

  test('tries itself and the runtime’s place, and says that both refused', async () => {
    const canaryFolder = join(world.state, 'gate/canary');
    expect(await tryWrapper(join(world.folder, 'bin/runc'), canaryFolder)).toEqual({ kind: 'refused' });
    expect(await tryWrapper('/usr/sbin/runc', canaryFolder)).toMatchObject({ kind: 'passed' });
    expect(await tryWrapper(join(world.folder, 'nowhere'), canaryFolder)).toMatchObject({ kind: 'untried' });
  });

  test('tries itself, and says that it refused', async () => {
    await expect.poll(() => world.of('gate').at(-1)?.canary, soon).toMatchObject({ passed: false, untried: 0 });
    expect(world.of('gate').at(-1)?.canary?.message).toMatch(/^\d of \d gates refused/);
    expect(world.decisions('ca9a'.repeat(16))).toEqual([]);
  });
});
