import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { LedgerSettings } from '#gate/agent/ledger/encode-ledger.ts';
import { baseOfStep } from '#gate/agent/answer/build-base.ts';
import type { LedgerBase, LedgerEntry } from '../../src/admission/contract.ts';
import type { ImageDigest } from '../../src/base/index.ts';
import { startableStores, startTestEngine, type TestEngine } from '../make/docker.ts';
import { type Listener, listen, makeGate, type TestGate } from '../make/gate.ts';
import { docker, type DockerResult } from '../make/program-image.ts';
import { canBuildWrapper } from '../make/wrapper.ts';
import { entry, ledgerOf, settings, willing } from './gated.ts';
import { hasPrograms, programsImage } from './programs.ts';

const canRun = canBuildWrapper() && hasPrograms();
const run = promisify(execFile);

describe.runIf(canRun).each(startableStores())(
  'an engine with the wrapper in the place of runc, images in its %s store',
  (store) => {
    const folder = mkdtempSync(join(tmpdir(), 'seawall-gated-engine-'));
    const good = programsImage('good:1');
    const bad = programsImage('bad:1', { config: { config: { Env: ['PATH=/bin', 'IS=bad'] } } });
    let engine: TestEngine;
    let gate: TestGate;
    let listener: Listener | undefined;

    beforeAll(async () => {
      // Whoever starts containers looks the runtime up by its name: the engine's shim and BuildKit.
      const path = join(folder, 'bin');
      mkdirSync(path);
      engine = await startTestEngine({ store, driver: 'overlay2', path });
      gate = makeGate({ folder, engineRoot: engine.root, runc: '/usr/sbin/runc' });
      copyFileSync(gate.wrapper, join(path, 'runc'));
      await engine.load(good.bytes);
      await engine.load(bad.bytes);
      await writeLedger();
    });
    afterEach(async () => {
      await listener?.close();
      listener = undefined;
      gate.decisions();
    });
    afterAll(async () => {
      await engine.stop();
      rmSync(folder, { recursive: true });
    });

    /** As a console writes it: images by their configs' digests, the engine's names of them as aliases. */
    async function writeLedger(more: Partial<LedgerSettings> = {}, only: Partial<LedgerEntry> = {}): Promise<void> {
      const entries = await Promise.all(
        [good, bad].map(async ({ digest }, one) => {
          const name = (await docker(engine, 'image', 'inspect', '--format', '{{.Id}}', ['good:1', 'bad:1'][one] ?? ''))
            .stdout;
          return entry(digest as ImageDigest, {
            aliases: name === digest ? [] : [name],
            ...(one === 1 && { answer: 'deny' }),
            ...only,
          });
        }),
      );
      gate.ledger({ ledger: ledgerOf(entries), breakGlass: [], settings: { ...settings, ...more } });
    }

    function start(image: string, ...words: readonly string[]): Promise<DockerResult> {
      return docker(engine, 'run', '--rm', '--network', 'none', image, '/usr/bin/busybox', ...words);
    }

    test('starts what the ledger knows, and says how long it took', async () => {
      listener = await listen(gate.socket, willing);
      expect(await start('good:1', 'echo', 'hello')).toMatchObject({ code: 0, stdout: 'hello' });
      const [decision, ...more] = gate.decisions();
      expect(more).toEqual([]);
      expect(decision).toMatchObject({ verb: 'create', answer: 'allow', cause: 'verdict', armed: { armed: true } });
      expect(listener.said.map(({ kind }) => kind)).toEqual(['start', 'created']);
      expect(listener.said[0]).toMatchObject({
        ledger: 'allow',
        build: false,
        container: expect.stringMatching(/^[0-9a-f]{64}$/),
      });
      expect((store === 'docker') === (decision?.image === good.digest)).toBe(true);
    });

    test('prints the rule’s sentence to whoever starts a refused image', async () => {
      const refused = await start('bad:1', 'echo', 'hello');
      expect(refused.code).toBeGreaterThan(0);
      expect(refused.stdout).toBe('');
      expect(refused.stderr).toContain('refused by Seawall: It has “CVE-2026-1”. Upgrade libx to 2.');
      expect(gate.decisions()).toMatchObject([{ answer: 'deny', cause: 'verdict', asked: 'no' }]);
    });

    test('refuses a container that was made before, and starts it once it may', async () => {
      await docker(engine, 'create', '--name', 'made', '--network', 'none', 'bad:1', '/usr/bin/busybox', 'echo', 'now');
      expect((await docker(engine, 'start', '-a', 'made')).stderr).toContain('refused by Seawall');
      await writeLedger({}, { answer: 'allow', effect: 'ignore' });
      expect(await docker(engine, 'start', '-a', 'made')).toMatchObject({ code: 0, stdout: 'now' });
      await docker(engine, 'rm', '-f', 'made');
      await writeLedger();
    });

    test('holds one start and no other', async () => {
      await writeLedger({ hold: 20_000 }, { answer: 'allow', effect: 'ignore', expiresAt: new Date(0).toISOString() });
      let release: () => void = () => undefined;
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      const asked: string[] = [];
      listener = await listen(gate.socket, async (said) => {
        if (said.kind === 'start') asked.push(String(said.container));
        if (said.kind === 'start' && asked.length === 1) await released;
        return willing(said);
      });
      const held = start('good:1', 'echo', 'held');
      await expect.poll(() => asked.length, { timeout: 10_000 }).toBe(1);
      expect(await start('good:1', 'echo', 'other')).toMatchObject({ code: 0, stdout: 'other' });
      release();
      expect(await held).toMatchObject({ code: 0, stdout: 'held' });
      await writeLedger();
    });

    test('runs the steps of a build by the rule for builds', async () => {
      const context = join(folder, 'context');
      mkdirSync(context);
      writeFileSync(join(context, 'Dockerfile'), 'FROM good:1\nRUN ["/usr/bin/busybox","echo","built"]\n');
      const build = async (): Promise<string> => {
        const words = ['build', '--progress=plain', '--no-cache', '--network=none', '--tag', 'built:1', context];
        const env = { ...process.env, DOCKER_HOST: `unix://${engine.socket}`, DOCKER_BUILDKIT: '1' };
        return run('docker', words, { env }).then(
          ({ stderr }) => stderr,
          (error: { readonly stderr: string }) => `FAILED ${error.stderr}`,
        );
      };
      listener = await listen(gate.socket, willing);
      expect(await build()).toMatch(/^(?!FAILED)[\s\S]*built/);
      expect(listener.said[0]).toMatchObject({ verb: 'run', build: true, ledger: 'allow', image: null });
      await writeLedger({ builds: 'deny' });
      expect(await build()).toMatch(/FAILED[\s\S]*refused by Seawall: Builds are blocked on this host/);
      await writeLedger({ builds: 'approved-base' });
      expect(await build()).toMatch(/^(?!FAILED)/);
      expect(gate.decisions()).toMatchObject([
        { verb: 'run', answer: 'allow', cause: 'build', ledger: 'allow' },
        { verb: 'run', answer: 'deny', cause: 'build', asked: 'no' },
        { verb: 'run', answer: 'allow', cause: 'build', ledger: 'ask' },
      ]);
      await writeLedger();
    });

    test('tells what a step of a build stands on by the engine’s own records', async () => {
      const context = join(folder, 'based');
      mkdirSync(context);
      const step = '["/usr/bin/busybox","echo","built"]';
      const text = `FROM good:1\nCOPY Dockerfile /\nRUN ${step}\nFROM scratch\nCOPY --from=0 /usr/bin /usr/bin\nRUN ${step}\n`;
      writeFileSync(join(context, 'Dockerfile'), text);
      const { stdout } = await docker(engine, 'image', 'inspect', '--format', '{{json .RootFS.Layers}}', 'good:1');
      const own = JSON.parse(stdout) as readonly string[];
      const other = { name: 'Other', diffIds: [`sha256:${'b'.repeat(64)}`] } as unknown as LedgerBase;
      const good = { name: 'Good', diffIds: own } as unknown as LedgerBase;
      const longer = { name: 'Longer', diffIds: [...own, ...other.diffIds] } as unknown as LedgerBase;
      const seen: unknown[] = [];
      listener = await listen(gate.socket, async (said) => {
        const step = { bundle: String(said.bundle), engineRoot: engine.root };
        for (const bases of [[other, good], [other, longer], []])
          seen.push((await baseOfStep({ ...step, bases })).state);
        return willing(said);
      });
      await writeLedger({ builds: 'approved-base' });
      const env = { ...process.env, DOCKER_HOST: `unix://${engine.socket}`, DOCKER_BUILDKIT: '1' };
      await run('docker', ['build', '--no-cache', '--network=none', context], { env });
      const based = store === 'docker' ? ['approved', 'other', 'other'] : ['not-seen', 'not-seen', 'other'];
      const bare = store === 'docker' ? ['other', 'other', 'other'] : based;
      expect([seen.slice(0, 3), seen.slice(3)]).toEqual([based, bare]);
      gate.decisions();
      await writeLedger();
    });

    test('starts under the profile of system calls that the agent names', async () => {
      const profile = join(folder, 'profile.json');
      const calls = { names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO', errnoRet: 38 };
      writeFileSync(profile, JSON.stringify({ defaultAction: 'SCMP_ACT_ALLOW', syscalls: [calls] }));
      expect(await start('good:1', 'mkdir', '/tmp/one')).toMatchObject({ code: 0 });
      listener = await listen(gate.socket, (said) => ({ ...willing(said), seccomp: profile }));
      expect((await start('good:1', 'mkdir', '/tmp/one')).stderr).toContain('Function not implemented');
      expect(readFileSync(profile, 'utf8')).toContain('mkdirat');
    });

    test('looks at the engine’s own files, whatever a container is called or labelled', async () => {
      const words = ['--name', 'good', '--label', `Image=${good.digest}`, '--env', `Image=${good.digest}`] as const;
      await docker(engine, 'tag', 'bad:1', 'good:2');
      const refused = await docker(
        engine,
        'run',
        '--rm',
        '--network',
        'none',
        ...words,
        'good:2',
        '/usr/bin/busybox',
        'id',
      );
      expect(refused.stderr).toContain('refused by Seawall');
    });
  },
);
