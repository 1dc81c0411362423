import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { inheritedSocket, serveAuthorization } from './server.ts';
import { testPorts } from './testing.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-plugin-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Reply {
  readonly status: number | undefined;
  readonly type: string | undefined;
  readonly text: string;
}

function ask(socketPath: string, path: string, body = ''): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path, method: 'POST' }, async (response) => {
      const parts: Buffer[] = [];
      for await (const part of response) parts.push(part);
      resolve({
        status: response.statusCode,
        type: response.headers['content-type'],
        text: Buffer.concat(parts).toString(),
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

describe('the plugin', () => {
  test('greets, answers, and refuses what is not a question', async () => {
    const path = join(folder, 'plugin.sock');
    const plugin = await serveAuthorization({ kind: 'path', path }, testPorts('/nowhere', '/nowhere').ports);
    expect(await ask(path, '/Plugin.Activate')).toEqual({
      status: 200,
      type: 'application/vnd.docker.plugins.v1.2+json',
      text: '{"Implements":["authz"]}',
    });
    const look = JSON.stringify({ RequestMethod: 'GET', RequestUri: '/v1.45/info' });
    expect(await ask(path, '/AuthZPlugin.AuthZReq', look)).toMatchObject({ text: '{"Allow":true,"Msg":""}' });
    for (const broken of ['', '{', '[]', '{"RequestMethod":"GET"}', look.repeat(2), 'x'.repeat(9 * 1024 * 1024)])
      expect(await ask(path, '/AuthZPlugin.AuthZReq', broken)).toMatchObject({
        status: 200,
        text: expect.stringMatching(/^\{"Allow":false,"Msg":"Seawall refuses to ask the engine/),
      });
    expect(await ask(path, '/AuthZPlugin.AuthZRes', '{')).toMatchObject({ status: 200, text: '{"Allow":true}' });
    expect(await ask(path, '/other')).toMatchObject({ status: 404 });
    await plugin.close();
  });

  test('takes the socket that systemd opened for its own process only', () => {
    expect(inheritedSocket({ LISTEN_PID: '7', LISTEN_FDS: '1' }, 7)).toBe(3);
    expect(inheritedSocket({ LISTEN_PID: '8', LISTEN_FDS: '1' }, 7)).toBeUndefined();
    expect(inheritedSocket({ LISTEN_PID: '7', LISTEN_FDS: '0' }, 7)).toBeUndefined();
    expect(inheritedSocket({}, 7)).toBeUndefined();
  });

  test('answers on a socket that systemd opened, also a question that came before it ran', async () => {
    const path = join(folder, 'activated.sock');
    const program = `
        const { inheritedSocket, serveAuthorization } = await import('${join(import.meta.dirname, 'server.ts')}');
        const { testPorts } = await import('${join(import.meta.dirname, 'testing.ts')}');
        await serveAuthorization({ kind: 'inherited', fd: inheritedSocket(process.env, process.pid) }, testPorts('/n', '/n').ports);`;
    const words = ['-l', path, process.execPath, '--input-type=module-typescript', '-e', program];
    const child = spawn('systemd-socket-activate', words, { stdio: 'ignore' });
    try {
      let reply: Reply | undefined;
      for (let attempt = 0; attempt < 50 && reply === undefined; attempt += 1) {
        reply = await ask(path, '/Plugin.Activate').catch(() => undefined);
        if (reply === undefined) await new Promise((resolve) => setTimeout(resolve, 100));
      }
      expect(reply?.text).toBe('{"Implements":["authz"]}');
    } finally {
      child.kill('SIGKILL');
    }
  });
});
