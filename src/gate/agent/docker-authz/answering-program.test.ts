import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { silentLog } from '#base/index.ts';
import { builtAuthorization } from '../../../../test/make/wrapper.ts';
import { startAnswering } from './answering-program.ts';
import { authorize } from './authorize.ts';
import { pluginServer } from './program-status.ts';
import { serveAuthorization } from './server.ts';
import table from './routes.json' with { type: 'json' };
import { encodeLedger } from '../ledger/encode-ledger.ts';
import { ledgerOf, testPorts } from './testing.ts';

interface Reply {
  readonly status: number | undefined;
  readonly text: string;
  readonly milliseconds: number;
}

function post(socketPath: string, path: string, body: string | Buffer = ''): Promise<Reply> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path, method: 'POST', agent: false }, async (response) => {
      const parts: Buffer[] = [];
      for await (const part of response) parts.push(part);
      const text = Buffer.concat(parts).toString();
      resolve({ status: response.statusCode, text, milliseconds: performance.now() - began });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** What an agent of a test answers; the program of a test asks it. */
type AgentAnswer = (question: string, work: () => void) => Promise<object> | object;

const look = JSON.stringify({ RequestMethod: 'GET', RequestUri: '/v1.45/containers/json?all=1' });
const start = JSON.stringify({
  RequestMethod: 'POST',
  RequestUri: '/v1.45/containers/x/start',
  RequestHeaders: { 'Content-Length': '0' },
});
const create = JSON.stringify({ RequestMethod: 'POST', RequestUri: '/v1.45/containers/create', RequestBody: 'e30=' });

/** Headers by which it tells whether a request has a body. */
const header = fc.constantFrom(
  undefined,
  {},
  { 'Content-Length': '0' },
  { 'content-length': '1' },
  { 'Content-Length': '0', 'content-length': '7' },
  { 'Content-Type': 'application/json' },
  { 'Content-Type': 'multipart/FORM-data' },
  { 'Content-Length': '0', 'Content-Type': 'application/x-www-form-urlencoded' },
);

describe('the program between engine and agent', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-authz-'));
  const path = join(folder, 'plugin.sock');
  const agent = join(folder, 'agent.sock');
  const children: ChildProcess[] = [];
  const closers: (() => Promise<void>)[] = [];
  let program = '';

  beforeAll(() => {
    program = builtAuthorization();
  }, 120_000);
  afterEach(async () => {
    for (const child of children.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
    for (const close of closers.splice(0)) await close();
    rmSync(path, { force: true });
    rmSync(agent, { force: true });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Starts the program, and waits until it listens. */
  async function open(...words: readonly string[]): Promise<ChildProcess> {
    const child = spawn(program, ['--listen', path, '--agent', agent, '--instance', 'pier', ...words]);
    children.push(child);
    await expect.poll(() => existsSync(path), { timeout: 10_000 }).toBe(true);
    return child;
  }

  async function serve(answer: AgentAnswer): Promise<void> {
    const server = createServer(async (asked, response) => {
      const parts: Buffer[] = [];
      for await (const part of asked) parts.push(part);
      const answered = await answer(Buffer.concat(parts).toString(), () => response.writeProcessing());
      const text = JSON.stringify(answered);
      response.writeHead(200, { 'content-length': Buffer.byteLength(text) }).end(text);
    });
    await new Promise<void>((resolve) => server.listen(agent, resolve));
    closers.push(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
  }

  /** An agent that is a process, so that it can be stopped. */
  async function agentProcess(): Promise<ChildProcess> {
    const source = `
      const { serveAuthorization } = await import('${join(import.meta.dirname, 'server.ts')}');
      const { testPorts } = await import('${join(import.meta.dirname, 'testing.ts')}');
      await serveAuthorization({ kind: 'path', path: '${agent}' }, testPorts('/n', '/n').ports);`;
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', source], { stdio: 'inherit' });
    children.push(child);
    await expect.poll(() => existsSync(agent), { timeout: 20_000 }).toBe(true);
    return child;
  }

  test('what it lets through by itself the agent lets through, whatever is asked', { timeout: 120_000 }, async () => {
    await serve(() => ({ Allow: false, Msg: 'asked' }));
    await open();
    const { ports, decisions } = testPorts('/nowhere', '/nowhere');
    const segment = fc.oneof(
      fc.constantFrom('x', 'a-b_c.d', 'shop', '..', '.', '', '%2e', '%2f', 'v1.45', 'a@sha256:0', 'é', 'json', 'start'),
      fc.string({ maxLength: 3 }),
    );
    const filled = (pattern: string) =>
      fc.array(segment, { minLength: 4, maxLength: 4 }).map((words) => {
        let at = 0;
        return pattern.replaceAll(/\*\*?/g, (star) =>
          star === '*' ? (words[at++] ?? '') : `${words[at++] ?? ''}/${words[at++] ?? ''}`,
        );
      });
    const paths = [...table.looks, ...table.routes.map((route) => route.path)];
    // Most are such that all else decides; else too few of them would be let through.
    const version = fc.constantFrom('', '/v1.44', '/v1.45', '/v1.46', '/v1.4567', '/v1.', '/v2.0', '/v1.45/');
    const query = fc.oneof(
      fc.constantFrom(
        '',
        '?t=1',
        '?t=1&t=2',
        '?a=1&b=2',
        '?a=%41',
        '?a=%zz',
        '?a;b',
        '?a=1?b=2',
        '?force=1#x',
        '?%61=1&a=2',
      ),
      fc.string({ maxLength: 6 }).map((text) => `?${text}`),
    );
    const question = fc.record({
      RequestMethod: fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'POST', 'POST', 'PUT', 'DELETE', 'get', 'OPTIONS'),
      RequestUri: fc
        .tuple(version, fc.constantFrom(...paths).chain(filled), query)
        .map(([first, middle, last]) => first + middle + last),
      RequestBody: fc.constantFrom(undefined, 'e30=', ''),
      RequestHeaders: header,
    });
    let free = 0;
    await fc.assert(
      fc.asyncProperty(question, async (one) => {
        const { text } = await post(path, '/AuthZPlugin.AuthZReq', JSON.stringify(one));
        if (text.includes('asked')) return;
        free += 1;
        const reported = decisions.length;
        expect(await authorize(one, ports), JSON.stringify(one)).toEqual(JSON.parse(text));
        expect(decisions).toHaveLength(reported);
      }),
      { numRuns: 3000 },
    );
    expect(free).toBeGreaterThan(100);
  });

  test('each request that only looks, and each that is harmless, is answered without the agent', async () => {
    await open();
    const questions = [
      ...table.looks.map((one) => ({ RequestMethod: 'GET', RequestUri: `/v1.45${one.replaceAll(/\*\*?/g, 'x')}` })),
      ...table.routes
        .filter(({ kind }) => kind === 'harmless')
        .map(({ method, path: one, body }) => ({
          RequestMethod: method,
          RequestUri: one.replaceAll(/\*\*?/g, 'x'),
          ...(body === 'json' && { RequestBody: 'e30=' }),
          RequestHeaders: { 'Content-Length': body === 'none' ? '0' : '2' },
        })),
    ];
    expect(questions.length).toBeGreaterThan(80);
    for (const one of questions) {
      const { text, milliseconds } = await post(path, '/AuthZPlugin.AuthZReq', JSON.stringify(one));
      expect(JSON.parse(text), one.RequestUri).toEqual({ Allow: true, Msg: '' });
      expect(milliseconds).toBeLessThan(1000);
    }
    expect(
      JSON.parse(
        (
          await post(
            path,
            '/AuthZPlugin.AuthZReq',
            JSON.stringify({ RequestMethod: 'GET', RequestUri: table.trial.target }),
          )
        ).text,
      ),
    ).toEqual({ Allow: false, Msg: table.trial.refusal });
  });

  /** The compiled ledger of a host whose rules say this of an agent that is away. */
  function ledgerFile(agentAway: 'allow' | 'deny'): string {
    const file = join(folder, 'ledger');
    const settings = { environments: [], hold: 0, unknown: 'deny', builds: 'allow', settings: 'judged' } as const;
    writeFileSync(file, encodeLedger({ ledger: ledgerOf([]), breakGlass: [], settings: { ...settings, agentAway } }));
    return file;
  }

  test('with the agent stopped or killed, what looks is answered and a create is refused with what to do', async () => {
    await open('--ledger', ledgerFile('deny'), '--unit', 'seawall-agent');
    const asked = await agentProcess();
    expect((await pluginServer(path)) as object).toMatchObject({ agent: 'answers', listens: 'path', instance: 'pier' });
    for (const signal of ['SIGSTOP', 'SIGKILL'] as const) {
      asked.kill(signal);
      // Each of these waits two seconds for the agent, so they are asked together.
      const waiting = Array.from({ length: 30 }, () => post(path, '/AuthZPlugin.AuthZReq', `${create} `));
      const grpc = post(path, '/AuthZPlugin.AuthZReq', JSON.stringify({ RequestMethod: 'POST', RequestUri: '/grpc' }));
      const status = pluginServer(path);
      for (let count = 0; count < 20; count += 1) {
        const { text, milliseconds } = await post(path, '/AuthZPlugin.AuthZReq', look);
        expect(text).toBe('{"Allow":true,"Msg":""}');
        expect(milliseconds).toBeLessThan(1000);
      }
      expect(await post(path, '/AuthZPlugin.AuthZRes', 'x'.repeat(100_000))).toMatchObject({ text: '{"Allow":true}' });
      for (const { text, milliseconds } of await Promise.all(waiting)) {
        expect(milliseconds).toBeLessThan(3000);
        expect(JSON.parse(text)).toMatchObject({
          Allow: false,
          Msg: expect.stringContaining('as the admission rule says'),
        });
      }
      expect(JSON.parse((await grpc).text)).toMatchObject({
        Allow: false,
        Msg: expect.stringMatching(
          new RegExp(
            `\\(POST /grpc\\): the agent of instance pier ${signal === 'SIGSTOP' ? 'did not answer in 2 s' : 'does not run'}.*` +
              'seawall gate status.*systemctl restart seawall-agent',
          ),
        ),
      });
      expect((await status) as object).toMatchObject({ agent: signal === 'SIGSTOP' ? 'late' : 'away' });
      ledgerFile('allow');
      const closed = JSON.stringify({ RequestMethod: 'POST', RequestUri: '/plugins/pull' });
      const [allowed, ...others] = await Promise.all(
        [create, closed, '{}'].map((one) => post(path, '/AuthZPlugin.AuthZReq', one)),
      );
      expect(allowed?.text).toBe('{"Allow":true,"Msg":""}');
      expect(others).toHaveLength(2);
      for (const { text } of others)
        expect(JSON.parse(text)).toMatchObject({
          Allow: false,
          Msg: expect.stringContaining('only the agent can tell'),
        });
      ledgerFile('deny');
    }
  });

  test('an agent that holds a start and says so is waited for; one that is started anew too', async () => {
    await open();
    const late = post(path, '/AuthZPlugin.AuthZReq', create);
    await wait(800);
    await serve(async (_, work) => {
      for (let count = 0; count < 5; count += 1) {
        work();
        await wait(700);
      }
      return { Allow: false, Msg: 'judged' };
    });
    const { text, milliseconds } = await late;
    expect(text).toBe('{"Allow":false,"Msg":"judged"}');
    expect(milliseconds).toBeGreaterThan(3500);
  });

  test('the agent’s own server says that it is at work while an answer takes long', async () => {
    const { ports, ledger } = testPorts('/n', '/n');
    ledger.ledger = ledgerOf([]);
    const slow = { ...ports, ask: () => wait(4000, undefined) };
    const own = await serveAuthorization({ kind: 'path', path: agent }, slow);
    closers.push(() => own.close());
    await open();
    const { text, milliseconds } = await post(path, '/AuthZPlugin.AuthZReq', start);
    expect(milliseconds).toBeGreaterThan(3500);
    expect(text).not.toContain('could not judge the request');
    expect((await pluginServer(path)) as object).toMatchObject({ asked: 1, refused: 0, allowed: 0 });
  });

  test('hostile connections: chunks, pipelines, halves, floods and nonsense', async () => {
    const { pid } = await open();
    const raw = async (...parts: readonly string[]): Promise<string> => {
      const socket = connect(path);
      let heard = '';
      socket.on('data', (text) => void (heard += text.toString())).on('error', () => undefined);
      for (const part of parts) {
        socket.write(part);
        await wait(10);
      }
      await wait(150);
      socket.destroy();
      return heard;
    };
    const head = `POST /AuthZPlugin.AuthZReq HTTP/1.1\r\nHost: x\r\n`;
    const whole = `${head}Content-Length: ${look.length}\r\n\r\n${look}`;
    const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
    expect((await raw(whole.repeat(500))).match(/"Allow":true/g)).toHaveLength(500);
    expect(
      await raw(`${head}Transfer-Encoding: chunked\r\n\r\n${look.split('').map(chunk).join('')}0\r\n\r\n`),
    ).toContain('"Allow":true');
    expect(await raw(...(whole.match(/.{1,40}/gs) ?? []))).toContain('"Allow":true');
    const wrong = [
      'nonsense\r\n\r\n',
      `${head}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello`,
      `${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n`,
      `${head}Content-Length: -1\r\n\r\n`,
      `${head}Content-Length: 99999999999999999\r\n\r\n`,
      `${head}Transfer-Encoding: gzip\r\n\r\n`,
      `${head}Transfer-Encoding: chunked\r\n\r\nfffffffff\r\n`,
      `${head}Transfer-Encoding: chunked\r\n\r\n-1\r\n`,
      `${head} folded: x\r\n\r\n`,
      `${head}X: ${'x'.repeat(3000)}\r\n\r\n`,
      `${head}${'X: y\r\n'.repeat(200)}\r\n`,
      'POST /a HTTP/1.1\nHost: x\n\n',
    ];
    for (const one of wrong) expect(await raw(one), one.slice(0, 120)).toMatch(/^HTTP\/1\.1 400 /);
    const long = await post(path, '/AuthZPlugin.AuthZReq', 'x'.repeat(9 * 1024 * 1024));
    expect(JSON.parse(long.text)).toMatchObject({ Allow: false, Msg: expect.stringContaining('too long') });
    const held: Socket[] = Array.from({ length: 600 }, () => connect(path).on('error', () => undefined));
    await wait(300);
    expect((await post(path, '/AuthZPlugin.AuthZReq', look)).text).toContain('true');
    for (const socket of held) socket.destroy();
    const memory = Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
    expect(memory).toBeLessThan(3 * 1024);
  });

  test('it serves a socket that systemd opened, also a question that came before it ran, and leaves the socket there', async () => {
    const words = ['-l', path, program, '--agent', agent, '--instance', 'pier'];
    const child = spawn('systemd-socket-activate', words, { stdio: 'ignore' });
    children.push(child);
    await expect.poll(() => existsSync(path), { timeout: 10_000 }).toBe(true);
    expect((await post(path, '/AuthZPlugin.AuthZReq', look)).text).toBe('{"Allow":true,"Msg":""}');
    expect((await pluginServer(path)) as object).toMatchObject({ listens: 'systemd', pid: child.pid });
    child.kill('SIGTERM');
    await once(child, 'exit');
    expect(existsSync(path)).toBe(true);
  });

  test('it is started, taken over, started again when it dies, and ends when its socket is taken away', async () => {
    const options = {
      path,
      socket: agent,
      instance: 'pier',
      ledger: join(folder, 'ledger'),
      logFile: join(folder, 'authorization.log'),
      places: [join(folder, 'nowhere'), program],
      ends: 'with-agent',
      log: silentLog,
    } as const;
    expect(await startAnswering({ ...options, places: [] })).toBeUndefined();
    const first = await startAnswering(options);
    const pidOf = async (): Promise<number> => {
      const server = await pluginServer(path);
      return typeof server === 'string' ? 0 : server.pid;
    };
    const pid = await pidOf();
    expect(pid).toBeGreaterThan(0);
    const second = await startAnswering(options);
    expect(await pidOf()).toBe(pid);
    await second?.close();
    process.kill(pid, 'SIGKILL');
    await expect.poll(pidOf, { timeout: 10_000, interval: 200 }).toBeGreaterThan(0);
    const next = await pidOf();
    expect(next).not.toBe(pid);
    rmSync(path);
    await expect
      .poll(() => existsSync(`/proc/${next}`) && readFileSync(`/proc/${next}/cmdline`, 'utf8') !== '', {
        timeout: 10_000,
      })
      .toBe(false);
    expect(existsSync(path)).toBe(false);
    await first?.close();
  });
});
