import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { removeContainer } from '#inventory/agent/testing.ts';
import { startableStores } from '../../../test/make/docker.ts';
import { type GateWorld, openGateWorld, soon, usualRule } from '../../../test/make/gate-world.ts';
import { canBuildWrapper } from '../../../test/make/wrapper.ts';

const stores = canBuildWrapper() ? startableStores() : [];
const busybox = '/usr/bin/busybox';

describe.each(stores)('beyond images, the gate of a host with the store of %s', { timeout: 180_000 }, (store) => {
  let world: GateWorld;
  beforeAll(async () => void (world = await openGateWorld(store)));
  afterEach(() => world.publish([usualRule], world.ledger().entries));
  afterAll(() => world?.close());

  async function docker(words: readonly string[], input = ''): Promise<string> {
    const env = { ...process.env, DOCKER_HOST: `unix://${world.engine.socket}`, DOCKER_BUILDKIT: '0' };
    const client = spawn('docker', words, { env });
    client.stdin.end(input);
    const [out, err] = [text(client.stdout), text(client.stderr)];
    const [code] = await once(client, 'close');
    return `${code} ${await out}${await err}`;
  }

  test('refuses what fails a check that a compliance rule blocks, by the spec and the engine’s own files', async () => {
    const checks = (id: string, effect: 'alert' | 'block') => ({ checks: { by: 'check', id }, effect }) as const;
    const lines = [checks('CTR-001', 'block'), checks('CTR-060', 'block'), checks('CTR-035', 'alert')];
    const [rule, elsewhere] = [
      { id: 'usual', version: 2, name: 'Containers', state: 'on', lines, notAssessed: 'block', running: 'alert' },
      { id: 'none', version: 1, name: 'None', state: 'on', lines: [], notAssessed: 'block', running: 'alert' },
    ] as const;
    const { entries } = world.ledger();
    const admission = [{ ...usualRule, settings: [] }];
    await world.publish(admission, entries, { compliance: { rules: [rule], lists: {} } });
    const privileged = await world.make('good', { Privileged: true, PidsLimit: 9 });
    await expect(world.start(privileged)).rejects.toThrow('CTR-001 “The container is not privileged” is not met');
    const evidence = [expect.stringMatching(/^CTR-001 “/), expect.stringMatching(/^CTR-035 “/)];
    await expect
      .poll(() => world.decisions(privileged), soon)
      .toMatchObject([
        { answer: 'deny', effect: 'block', cause: 'compliance', rule: { id: 'usual', name: 'Containers' }, evidence },
      ]);
    const plain = await world.make('good', { PidsLimit: 9 });
    await world.start(plain);
    await expect
      .poll(() => world.decisions(plain), soon)
      .toMatchObject([{ answer: 'allow', effect: 'alert', cause: 'compliance' }]);
    await removeContainer(world.engine.socket, plain);

    await world.publish(admission, entries, { compliance: { rules: [elsewhere], lists: {} } });
    await world.start(privileged);
    await removeContainer(world.engine.socket, privileged);
    await world.publish([usualRule], entries);
  });

  test('refuses what only the agent can judge by checks as the admission rule says while it is away', async () => {
    const lines = [{ checks: { by: 'check', id: 'CTR-001' }, effect: 'block' }] as const;
    const rule = { id: 'usual', version: 3, name: 'Containers', state: 'on', lines, notAssessed: 'block' } as const;
    const compliance = { rules: [{ ...rule, running: 'alert' as const }], lists: {} };
    const { entries } = world.ledger();
    const made = await world.make('good');
    const privileged = await world.make('good', { Privileged: true });
    for (const agentAway of ['deny', 'allow'] as const) {
      await world.publish([{ ...usualRule, agentAway }], entries, { compliance });
      await world.closeGate();
      try {
        if (agentAway === 'deny') await expect(world.start(made)).rejects.toThrow('its settings need the agent');
        else await world.start(made);
        // What the admission rule says of settings needs no agent.
        await expect(world.start(privileged)).rejects.toThrow('It is privileged: every device of the host');
      } finally {
        await world.openGate();
      }
    }
    for (const id of [made, privileged]) await removeContainer(world.engine.socket, id);
    await world.publish([usualRule], entries);
  });

  test('judges what a program gets beyond its container', async () => {
    const id = await world.make('good');
    await world.start(id);
    const exec = (...words: readonly string[]) => docker(['exec', ...words, id, '/bin/busybox', 'echo', 'ran']);
    expect(await exec()).toBe('0 ran\n');
    expect(await exec('--user', '1000', '--env', 'A=b', '--workdir', '/bin')).toBe('0 ran\n');
    const refused = await exec('--privileged');
    expect(refused).toContain('refused by Seawall: It would run privileged in the container. Leave out --privileged.');
    expect(refused).not.toMatch(/^\d+ ran/);
    await expect
      .poll(() => world.decisions(id).filter(({ action }) => action === 'exec'), soon)
      .toMatchObject([{ answer: 'deny', cause: 'settings', ring: 2, subject: 'shop/good:1', rule: { id: 'usual' } }]);

    const quiet = [{ kind: 'privileged', effect: 'alert' }] as const;
    await world.publish([{ ...usualRule, settings: quiet }], world.ledger().entries);
    expect(await exec('--privileged')).toBe('0 ran\n');
    await expect
      .poll(
        () =>
          world
            .decisions(id)
            .filter(({ action }) => action === 'exec')
            .at(-1),
        soon,
      )
      .toMatchObject({ answer: 'allow', effect: 'alert', cause: 'settings' });
    await removeContainer(world.engine.socket, id);
  });

  test('lets no program start that is to get more while the agent is away, and every other one', async () => {
    const id = await world.make('good');
    await world.start(id);
    await world.closeGate();
    expect(await docker(['exec', id, '/bin/busybox', 'echo', 'ran'])).toBe('0 ran\n');
    const refused = await docker(['exec', '--privileged', id, '/bin/busybox', 'echo', 'ran']);
    expect(refused).toContain("Its settings need the agent's answer. The agent is not running.");
    await world.openGate();
    await removeContainer(world.engine.socket, id);
  });

  // Plugins have a store of their own in every engine.
  const testPlugins = store === 'docker' ? test : undefined;
  testPlugins?.('judges the settings of plugins', async () => {
    makePlugin('bold', [{ Source: '/', Destination: '/host', Type: 'bind', Options: ['rbind'] }]);
    makePlugin('meek', []);
    const rule = { ...usualRule, settings: [{ kind: 'host-paths', deny: ['/etc'], effect: 'block' }] } as const;
    await world.publish([rule], world.ledger().entries);
    for (const name of ['bold', 'meek'])
      expect(await docker(['plugin', 'create', `shop/${name}`, join(world.folder, name)])).toMatch(/^0 /);
    expect(await docker(['plugin', 'enable', '--timeout', '1', 'shop/bold'])).toMatch(
      /^1 [^]*refused by Seawall: [^]*\/host/,
    );
    // It makes no socket, so the engine gives it up once it runs.
    expect(await docker(['plugin', 'enable', '--timeout', '1', 'shop/meek'])).toMatch(/^1 [^]*x\.sock/);
    const reported = () => world.of('decision').filter(({ action }) => action === 'plugin');
    await expect
      .poll(() => reported().map(({ answer, cause }) => [answer, cause]), soon)
      .toEqual([
        ['deny', 'settings'],
        ['allow', 'settings'],
      ]);
  });

  function makePlugin(name: string, mounts: readonly object[]): void {
    const rootfs = join(world.folder, name, 'rootfs');
    mkdirSync(join(rootfs, 'bin'), { recursive: true });
    copyFileSync(busybox, join(rootfs, 'bin/busybox'));
    symlinkSync('busybox', join(rootfs, 'bin/sleep'));
    writeFileSync(join(rootfs, 'name'), name);
    const config = {
      description: name,
      documentation: '',
      // Shorter than the engine looks for the socket: one that still ran would be waited for when it is ended.
      entrypoint: ['/bin/sleep', '3'],
      interface: { types: ['docker.dummy/1.0'], socket: 'x.sock' },
      network: { type: 'none' },
      linux: { capabilities: [] },
      mounts,
    };
    writeFileSync(join(world.folder, name, 'config.json'), JSON.stringify(config));
  }

  test('lets no step of the older builder run where no builds may', async () => {
    const build = () =>
      docker(['build', '--no-cache', '--network=none', '-'], 'FROM shop/good:1\nRUN ["/bin/busybox","true"]\n');
    const { entries } = world.ledger();
    await world.publish([{ ...usualRule, builds: 'deny' }], entries);
    expect(await build()).toMatch(/^1 [^]*refused by Seawall: Builds are blocked on this host/);
    await expect
      .poll(() => world.of('decision').filter(({ action }) => action === 'build'), soon)
      .toMatchObject([{ answer: 'deny', cause: 'build', ring: 2 }]);
    await world.publish([{ ...usualRule, builds: 'approved-base' }], entries);
    expect(await build()).toMatch(/^1 [^]*refused by Seawall: Builds need an approved base here/);
    await world.publish([{ ...usualRule, builds: 'allow' }], entries);
    expect(await build()).toMatch(/^0 /);
  });

  test('takes no container for such a step', async () => {
    for (const more of [{ LogConfig: { Type: 'none' } }, { Binds: ['/tmp:/t'] }]) {
      const id = await world.make('good', more);
      await world.start(id);
      await removeContainer(world.engine.socket, id);
    }
  });
});
