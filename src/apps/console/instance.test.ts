import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '#base/index.ts';
import { withLocalAccess } from './local-access.ts';
import { type Instance, runningConsole, writeInstance } from './instance.ts';

describe('the console that runs here', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'seawall-instance-'));
    file = join(folder, 'console.json');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const written = (): Instance => JSON.parse(readFileSync(file, 'utf8'));

  test('is nobody where nobody wrote itself down', () => {
    expect(runningConsole(folder)).toBeUndefined();
    expect(runningConsole(join(folder, 'not-there'))).toBeUndefined();
  });

  test('is found until it takes itself back; its file is for its user alone', () => {
    const forget = writeInstance(folder, { url: 'http://127.0.0.1:8083' });
    expect(runningConsole(folder)).toMatchObject({ pid: process.pid, url: 'http://127.0.0.1:8083' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    forget();
    expect(runningConsole(folder)).toBeUndefined();
  });

  test('is not the next process that got its number', () => {
    writeInstance(folder, { url: 'http://127.0.0.1:8083' });
    writeFileSync(file, JSON.stringify({ ...written(), startTicks: '1' }));
    expect(runningConsole(folder)).toBeUndefined();
  });

  test('is not one that was killed', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8');
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    writeInstance(folder, { url: 'http://127.0.0.1:8083' });
    writeFileSync(file, JSON.stringify({ ...written(), pid: child.pid, startTicks: ticks }));
    expect(runningConsole(folder)?.pid).toBe(child.pid);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(runningConsole(folder)).toBeUndefined();
  });

  test.each(['', '{', 'null', '[]', '{"pid":0}', '{"pid":-1,"startTicks":null}', '{"pid":"self/../1"}'])(
    'is nobody where the file holds %s',
    (content) => {
      writeFileSync(file, content);
      expect(runningConsole(folder)).toBeUndefined();
    },
  );

  test('lets nobody in while it does not run', async () => {
    const letIn = withLocalAccess({ stateFolder: folder, env: {} }, async () => silentLog);
    await expect(letIn).rejects.toMatchObject({ code: 'console-not-running' });
  });
});
