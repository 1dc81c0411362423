import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, closeSync, existsSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Ended, runToEnd } from '../make/gate.ts';
import { canBuildWrapper } from '../make/wrapper.ts';
import { type Gated, good, makeGated, willing } from './gated.ts';

describe.runIf(canBuildWrapper() && process.getuid?.() === 0)('the runtime behind the wrapper', () => {
  let gated: Gated;
  beforeAll(() => {
    gated = makeGated();
    gated.container('known', good);
  });
  beforeEach(() => gated.reset());
  afterEach(() => gated.hangUp());
  afterAll(() => gated.remove());

  /** A shell script in the place of the runtime. */
  function behave(script: string): void {
    const runc = join(gated.folder, 'behaves');
    writeFileSync(runc, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    gated.gate.configure({ runc });
  }

  test.each(['create', 'run', 'kill'])('ends %s with its own status', async (verb) => {
    behave('echo out; echo err >&2; exit 7');
    const ended = await gated.call(verb, 'known');
    expect(ended).toMatchObject({ code: 7, stdout: 'out\n', stderr: 'err\n' });
  });

  test.each(['create', 'run'])('ends %s by the signal that ended it', async (verb) => {
    behave('kill -SEGV $$');
    expect(await gated.call(verb, 'known')).toMatchObject({ code: null, signal: 'SIGSEGV' });
  });

  test('is not asked about when it failed', async () => {
    await gated.answerWith(willing);
    behave('exit 1');
    await gated.call('create', 'known');
    expect(gated.said().map(({ kind }) => kind)).toEqual(['start']);
    const [decision] = gated.gate.decisions();
    expect(decision?.answer).toBe('allow');
    expect(decision?.armed).toBe(undefined);
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR1', 'SIGWINCH'] as const)('gets %s at create', async (signal) => {
    behave(`trap 'echo got; exit 3' ${signal.slice(3)}; echo ready; while :; do sleep 0.05; done`);
    const ended = await callAndThen((child) => child.kill(signal));
    expect(ended).toMatchObject({ code: 3, stdout: 'ready\ngot\n' });
  });

  /** Does something once the runtime says that it is ready. */
  async function callAndThen(then: (child: ChildProcess) => void): Promise<Ended> {
    return runToEnd(gated.gate.wrapper, ['create', '--bundle', gated.bundle, 'known'], (child) =>
      child.stdout?.once('data', () => then(child)),
    );
  }

  test('dies with the wrapper', async () => {
    behave('echo $$; exec sleep 100');
    let pid = 0;
    const ended = await runToEnd(gated.gate.wrapper, ['create', '--bundle', gated.bundle, 'known'], (child) =>
      child.stdout?.once('data', (line: Buffer) => {
        pid = Number(line.toString());
        child.kill('SIGKILL');
      }),
    );
    expect(ended.signal).toBe('SIGKILL');
    // Where nobody waits for it, it stays in the list, dead.
    const state = () =>
      existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[2] : 'Z';
    await expect.poll(state).toBe('Z');
  });

  test('has the environment, the folder and the open files of its caller', async () => {
    behave(
      'readlink /proc/$$/fd/7; pwd; echo "$SOME $LISTEN_FDS"; [ "$LISTEN_PID" = $$ ] && echo mine; ls /proc/$$/fd',
    );
    const file = openSync(join(gated.folder, 'handed-on'), 'w');
    const said = async (program: string): Promise<string> => {
      const script = `export LISTEN_PID=$$ LISTEN_FDS=1 SOME=thing; cd ${gated.bundle}; exec ${program} create known 7<&3`;
      const child = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'inherit', file] });
      const parts: Buffer[] = [];
      child.stdout?.on('data', (part: Buffer) => parts.push(part));
      await once(child, 'close');
      return Buffer.concat(parts).toString();
    };
    const direct = await said(join(gated.folder, 'behaves'));
    expect(direct).toContain(`${join(gated.folder, 'handed-on')}\n${gated.bundle}\nthing 1\nmine\n`);
    expect(await said(gated.gate.wrapper)).toBe(direct);
    closeSync(file);
  });

  test('is told of when it is not there, and when it is the gate itself', async () => {
    gated.gate.configure({ runc: join(gated.folder, 'nowhere') });
    for (const verb of ['kill', 'create', 'run']) {
      const { code, stderr } = await gated.call(verb, 'known');
      expect.soft([verb, code]).toEqual([verb, 1]);
      expect.soft(stderr, verb).toContain('cannot be started');
    }
    gated.gate.configure({ runc: gated.gate.wrapper });
    expect(await gated.call('kill', 'known')).toMatchObject({ code: 1 });
    expect((await gated.call('run', 'known')).stderr).toContain('the gate itself');
  });

  test('writes its refusal as text where the caller asks for no JSON', async () => {
    gated.gate.configure({ unknownInstance: 'deny' });
    await runToEnd(gated.gate.wrapper, [`--log=${gated.log}`, 'create', '--bundle', gated.bundle, 'nobodys']);
    expect(readFileSync(gated.log, 'utf8')).toMatch(/^time="[^"]+" level=error msg="refused by Seawall: [^\n]+"\n$/);
  });

  describe('gets the profile of system calls that the agent names', () => {
    const profile = { defaultAction: 'SCMP_ACT_ERRNO', syscalls: [{ names: ['read'], action: 'SCMP_ACT_ALLOW' }] };
    const config = () => join(gated.bundle, 'config.json');
    const file = () => join(gated.folder, 'profile.json');
    beforeEach(async () => {
      writeFileSync(file(), JSON.stringify(profile));
      chmodSync(file(), 0o600);
      chownSync(file(), 0, 0);
      await gated.answerWith((said) => ({ ...willing(said), seccomp: file() }));
    });

    test.each([
      ['another', '{"linux":{"seccomp":{"defaultAction":"SCMP_ACT_ALLOW"},"x":1},"y":2}'],
      ['none', '{"linux":{ "x":1},"y":2}'],
      ['an empty place', '{"linux":{},"y":2}'],
      ['null', '{"y":2,"linux":{"x":1,"seccomp": null }}'],
    ])('in the place of %s', async (_, rest) => {
      const text = gated.rooted(rest);
      writeFileSync(config(), text);
      expect(await gated.call('create', 'known')).toMatchObject({ code: 0 });
      const before = JSON.parse(text);
      expect(JSON.parse(readFileSync(config(), 'utf8'))).toEqual({
        ...before,
        linux: { ...before.linux, seccomp: profile },
      });
    });

    test('and keeps every other byte, the owner and the mode', async () => {
      const [head, tail] = [
        gated.rooted(
          '{"big":18446744073709551615,"tiny":1e-7,"o":{"é":"\\u00e9 \\" \\\\"},\n"linux":{"a":[1, 2],"seccomp":',
        ),
        '\t}}\n',
      ];
      writeFileSync(config(), `${head}{"defaultAction":"SCMP_ACT_ALLOW"}${tail}`);
      chmodSync(config(), 0o640);
      chownSync(config(), 12, 34);
      expect(await gated.call('create', 'known')).toMatchObject({ code: 0 });
      expect(readFileSync(config(), 'utf8')).toBe(`${head}${JSON.stringify(profile)}${tail}`);
      const { mode, uid, gid } = statSync(config());
      expect([mode & 0o7777, uid, gid]).toEqual([0o640, 12, 34]);
      chownSync(config(), 0, 0);
    });

    const write = (text: string): void => writeFileSync(config(), gated.rooted(text));

    test.each([
      ['a folded key', () => write('{"linux":{"Seccomp":null}}')],
      ['a folded letter', () => write('{"linux":{"\u017feccomp":null}}')],
      ['an escaped key', () => write('{"linux":{"\\u0073eccomp":null}}')],
      ['two keys', () => write('{"linux":{"seccomp":1,"seccomp":2}}')],
      ['no place', () => write('{}')],
      ['no profile', () => writeFileSync(file(), '{"syscalls":[]}')],
      ['another’s profile', () => chownSync(file(), 1000, 1000)],
      ['a profile that others may write', () => chmodSync(file(), 0o666)],
    ])('or does not start, by the host’s rule, with %s', async (_, spoil) => {
      spoil();
      expect(await gated.call('create', 'known')).toMatchObject({ code: 1 });
      gated.gate.configure({ broken: 'allow' });
      const before = readFileSync(config(), 'utf8');
      expect(await gated.call('create', 'known')).toMatchObject({ code: 0 });
      expect(readFileSync(config(), 'utf8')).toBe(before);
      expect(gated.gate.decisions()).toMatchObject([
        { answer: 'deny', cause: 'gate-fault' },
        { answer: 'allow', cause: 'gate-fault' },
      ]);
    });
  });

  test.each([
    ['half a file', '{"linux":{"seccomp":{}'],
    ['a deep file', `{"linux":{},"x":${'['.repeat(70)}${']'.repeat(70)}}`],
    ['a folded key', '{"Root":{"path":"/"},"linux":{}}'],
    ['two roots', '{"root":{"path":"/"},"linux":{}}'],
  ])('is not called where nobody can tell the root: %s', async (_, text) => {
    gated.gate.configure({ broken: 'allow' });
    writeFileSync(join(gated.bundle, 'config.json'), gated.rooted(text));
    const { code, stderr } = await gated.call('create', 'known');
    expect(code).toBe(1);
    expect(stderr).toContain('is not that container: its config.json names no root file system');
    expect(gated.gate.decisions()).toMatchObject([{ answer: 'deny', cause: 'not-admitted' }]);
  });

  test('needs nothing of this machine but its kernel', () => {
    const dynamic = execFileSync('readelf', ['--dynamic', '--program-headers', gated.gate.wrapper], {
      encoding: 'utf8',
    });
    expect(dynamic).not.toMatch(/NEEDED|INTERP/);
    expect(dynamic).toMatch(/BIND_NOW|FLAGS.*NOW/);
    expect(dynamic).toContain('GNU_RELRO');
  });
});
