import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { removeStaleSockets } from './answering-program.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-plugins-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('sockets that a killed trial or start left behind are removed, and no other', () => {
  const left = ['seawall-trial-999999999.sock', 'seawall.sock.999999999', 'seawall-pier.sock.999999999'];
  const own = process.pid;
  const kept = [`seawall-trial-${own}.sock`, `seawall.sock.${own}`, 'seawall.sock', 'other-999999999.sock'];
  for (const name of [...left, ...kept]) writeFileSync(join(folder, name), '');
  removeStaleSockets(folder);
  expect(readdirSync(folder).toSorted()).toEqual(kept.toSorted());
  removeStaleSockets(join(folder, 'nowhere'));
});
