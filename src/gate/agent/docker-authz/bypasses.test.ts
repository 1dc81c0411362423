import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startTestEngine, type TestEngine } from '../../../../test/make/docker.ts';
import { docker, loadProgramImage } from '../../../../test/make/program-image.ts';
import { dockerArchive } from '../../../../test/make/image.ts';
import { file, makeTar } from '../../../../test/make/tar.ts';
import { Decision } from '#admission/contract.ts';
import { bypassRows, create, harmful, privileged } from './bypass-testing.ts';
import { type AuthorizationPlugin, serveAuthorization } from './server.ts';
import { entryOf, ledgerOf, rawJson, rawRequest, sendRaw, strictRule, type TestPorts, testPorts } from './testing.ts';

describe('an engine with the authorization plugin', () => {
  const name = `seawall-test-${process.pid}`;
  let engine: TestEngine;
  let plugin: AuthorizationPlugin;
  let made: TestPorts;
  let folder: string;
  let link: string;
  let entry: ReturnType<typeof entryOf>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'seawall-authz-'));
    link = join(folder, 'link');
    await symlink('/etc', link);
    const delegate: { to: TestPorts | undefined } = { to: undefined };
    const waiting = testPorts('/nowhere', '/nowhere');
    plugin = await serveAuthorization(
      { kind: 'path', path: `/run/docker/plugins/${name}.sock` },
      new Proxy(waiting.ports, { get: (_, key) => Reflect.get((delegate.to ?? waiting).ports, key) }),
    );
    engine = await startTestEngine({ store: 'docker', driver: 'overlay2', authorization: name });
    made = testPorts(engine.socket, engine.root);
    delegate.to = made;
    await loadProgramImage(engine, 'box:1');
    await docker(engine, 'create', '--name', 'older', '-v', '/etc:/e', 'box:1', '/bin/sleep', '100');
    entry = entryOf((await docker(engine, 'image', 'inspect', '-f', '{{.Id}}', 'box:1')).stdout);
    made.ledger.ledger = ledgerOf([entry]);
    made.decisions.length = 0;
  });
  afterEach(() => {
    made.decisions.length = 0;
    made.ledger.ledger = ledgerOf([entry]);
    made.ledger.slow = 0;
  });
  afterAll(async () => {
    await engine.stop();
    await plugin.close();
    await rm(folder, { recursive: true });
  });

  test.each(bypassRows)('$id: refuses $what', async ({ bytes, says }) => {
    const before = await things();
    const reply = await sendRaw(engine.socket, bytes({ link }));
    expect(reply.text).toContain(`authorization denied by plugin ${name}: Seawall refuses to`);
    expect(reply.text.replaceAll('\\"', '"')).toContain(says);
    expect(reply.status).toBe(403);
    expect(await things()).toEqual(before);
    expect(made.decisions).toHaveLength(1);
    expect(Decision.parse(made.decisions[0])).toMatchObject({ answer: 'deny', ring: 1, gate: 'docker-authorization' });
  });

  test.each(['POST /v1.45//containers/create', 'POST /v1.45/x/../containers/create', 'POST *'])(
    'B9: the engine itself does nothing for %s',
    async (line) => {
      const before = await things();
      expect((await sendRaw(engine.socket, rawJson(line, harmful))).status).toBe(301);
      expect(await things()).toEqual(before);
    },
  );

  test('B2: the engine itself does nothing for a body of more than 4 MiB', async () => {
    const before = await things();
    const reply = await sendRaw(
      engine.socket,
      rawJson(create, `${harmful.slice(0, -1)},"Labels":{"a":"${'x'.repeat(4_300_000)}"}}`),
    );
    expect(reply.text).toMatch(/^$|request body too large for authorization plugin/);
    expect(await things()).toEqual(before);
  });

  test('B11: does not speak HTTP/2 itself, so nothing goes past the plugin that way', async () => {
    const reply = await sendRaw(
      engine.socket,
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\u0000\u0000\u0000\u0004\u0000\u0000\u0000\u0000\u0000',
    );
    expect(reply.text).toMatch(/^HTTP\/1\.1 301/);
  });

  test('lets run what its rules allow, and tells of it', async () => {
    const ran = await docker(engine, 'run', '--rm', '-v', 'data:/data', 'box:1', '/bin/id');
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stdout).toContain('uid=0');
    expect(made.decisions.map(({ action, answer, subject }) => [action, answer, subject])).toEqual([
      ['create', 'allow', 'box:1'],
      ['start', 'allow', 'box:1'],
    ]);
    expect(made.decisions[1]?.digest).toBe(entry.digest);
  });

  test('lets people do what starts nothing', async () => {
    const words = [
      ['ps', '-a'],
      ['images'],
      ['tag', 'box:1', 'other/name:2'],
      ['commit', 'older', 'kept:1'],
      ['cp', `${import.meta.dirname}/testing.ts`, 'older:/tmp/x'],
      ['rename', 'older', 'older2'],
      ['rename', 'older2', 'older'],
      ['rmi', 'other/name:2', 'kept:1'],
      ['volume', 'create', 'plain'],
      ['system', 'df'],
    ];
    for (const line of words) expect(await docker(engine, ...line), line.join(' ')).toMatchObject({ code: 0 });
  });

  test('says what, where, by which rule, why, and what to do', async () => {
    const ran = await docker(engine, 'run', '--privileged', 'box:1', '/bin/id');
    expect(ran.code).toBe(125);
    expect(ran.stderr).toContain(`Seawall refuses to create box:1 in prod by the rule “Production”. ${privileged}`);
    expect(ran.stderr).toContain('Leave out --privileged and rules for all devices; give single devices with --device');
    expect(made.decisions).toMatchObject([{ cause: 'settings', rule: { id: 'strict', version: 3 } }]);
    expect(made.decisions[0]?.evidence[0]).toBe(privileged);
  });

  test('shows what a rule only alerts of', async () => {
    const ran = await docker(engine, 'run', '--rm', '--cap-add', 'SYS_PTRACE', 'box:1', '/bin/true');
    expect(ran.code).toBe(0);
    expect(made.decisions).toMatchObject([
      { action: 'create', answer: 'allow', effect: 'alert', evidence: ['It adds the capability SYS_PTRACE.'] },
      { action: 'start', answer: 'allow', effect: 'alert' },
    ]);
  });

  test('refuses an image by its verdict, under whatever name', async () => {
    const reason = 'CVE-2026-1 in zlib 1.2 is rated high. Update zlib to 1.3.';
    made.ledger.ledger = ledgerOf([entryOf(entry.digest, { answer: 'deny', effect: 'block', reason })]);
    await docker(engine, 'tag', 'box:1', 'trusted.example/app:1');
    for (const image of ['box:1', 'trusted.example/app:1', entry.digest, entry.digest.slice(7, 19)]) {
      const ran = await docker(engine, 'run', image, '/bin/id');
      expect(ran.stderr, image).toContain(`Seawall refuses to create ${image} in prod. ${reason}`);
    }
    const started = await docker(engine, 'start', 'older');
    expect(started.stderr).toContain('Seawall refuses to start box:1');
  });

  test('lets the engine say that an image is not there, and makes none start that nobody knows', async () => {
    expect((await docker(engine, 'run', '--pull', 'never', 'not/here:1')).stderr).toContain('No such image');
    expect(made.decisions).toEqual([]);
    await engine.load(dockerArchive([makeTar([file('x', 'y')])], { names: ['new:1'] }).bytes);
    const ran = await docker(engine, 'run', 'new:1', '/x');
    expect(ran.stderr).toContain(
      'Seawall refuses to start new:1 in prod by the rule “Production”. The image is unknown',
    );
    expect(ran.stderr).toContain('seawall gate allow sha256:');
  });

  test('waits for an unknown image as long as its rule says', async () => {
    made.ledger.ledger = ledgerOf([], { ...strictRule, holdSeconds: 20 });
    const before = made.ledger.waits;
    const run = docker(engine, 'run', '--rm', 'box:1', '/bin/true');
    await expect.poll(() => made.ledger.waits, { timeout: 20_000 }).toBeGreaterThan(before);
    setTimeout(() => (made.ledger.ledger = ledgerOf([entry])), 500);
    expect(await run).toMatchObject({ code: 0 });
    expect(made.decisions[1]?.held).toBeGreaterThan(300);
  });

  test('builds by the classic way where builds may run, and nowhere by BuildKit', async () => {
    const context = makeTar([file('Dockerfile', 'FROM box:1\nRUN ["/bin/true"]\n')]);
    const build = (query: string): Promise<string> =>
      sendRaw(
        engine.socket,
        Buffer.concat([
          Buffer.from(
            rawRequest(`POST /v1.45/build?t=built:1${query}`, [
              'Content-Type: application/x-tar',
              `Content-Length: ${context.length}`,
            ]),
          ),
          context,
        ]),
      ).then(({ text }) => text);
    expect(await build('')).toContain('Successfully built');
    expect(await build('&networkmode=host')).toContain('Its steps would share the host’s network namespace.');
    expect(await build('&version=2')).toContain('BuildKit builds past every gate');
    made.ledger.ledger = ledgerOf([entry], { ...strictRule, builds: 'deny' });
    expect(await build('')).toContain('Builds are blocked on this host.');
    made.ledger.ledger = ledgerOf([entry], { ...strictRule, builds: 'approved-base' });
    expect(await build('')).toContain('Docker’s older builder shows no gate what a build stands on.');
  });

  test('stays of use while the plugin is slow', async () => {
    made.ledger.slow = 3000;
    const slow = docker(engine, 'create', '--name', 'slow', 'box:1', '/bin/true');
    const began = performance.now();
    expect(await docker(engine, 'ps')).toMatchObject({ code: 0 });
    expect(performance.now() - began).toBeLessThan(2000);
    expect(await slow).toMatchObject({ code: 0 });
  });

  /** What a request that gets through would have made. */
  async function things(): Promise<readonly string[]> {
    const lists = [
      ['ps', '-aq'],
      ['images', '--format', '{{.Repository}}'],
      ['volume', 'ls', '-q'],
    ];
    return Promise.all(lists.map(async (words) => (await docker(engine, ...words)).stdout));
  }
});
