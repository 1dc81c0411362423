import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { dockerArchive } from '../../../../test/make/image.ts';
import { file, makeTar } from '../../../../test/make/tar.ts';
import { lastLine, recordingTerminal } from '../testing.ts';
import { run } from './scan.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-scan-'));
writeFileSync(join(folder, 'file'), 'text');
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  { seen: 'both', format: [], isOneStream: false, times: 1 },
  { seen: 'output', format: [], isOneStream: false, times: 2 },
  { seen: undefined, format: [], isOneStream: false, times: 2 },
  { seen: undefined, format: [], isOneStream: true, times: 1 },
  { seen: undefined, format: ['json'], isOneStream: true, times: 1 },
  { seen: 'both', format: ['json'], isOneStream: false, times: 1 },
] as const)('$seen, $format, one stream: $isOneStream → the verdict is printed $times times', async (one) => {
  const { seen, format, isOneStream, times } = one;
  const terminal = recordingTerminal({ columns: 1000, isOneStream, ...(seen === undefined ? {} : { seen }) });
  const options = { cache: false, db: join(folder, 'none.db'), ...(format.length === 0 ? {} : { format }) };
  const call = { arguments: [`dir:${folder}`], options, terminal, env: { HOME: folder }, program: [] };
  expect(await run(call)).toBe(3);
  const { out, err } = terminal.said;
  const reported = [/^CANNOT JUDGE {2}\S/m.test(out), /^cannot-judge: \S/.test(lastLine(err))];
  expect(reported.filter(Boolean)).toHaveLength(times);
  if (seen === undefined) expect(lastLine(err)).toMatch(/^cannot-judge: /);
});

test.each([
  { options: {}, ssh: 'not-assessed', mentioned: '--fail-on-checks' },
  { options: { failOnChecks: 'high' }, ssh: 'fail', mentioned: 'IMG-014' },
] as const)('with $options the check of SSH servers is $ssh', async ({ options, ssh, mentioned }) => {
  const archive = join(folder, 'ssh.tar');
  const layer = makeTar([
    file('usr/sbin/sshd', '\u007fELF', 0o755),
    file('etc/os-release', 'ID=debian\nVERSION_ID=13\n'),
  ]);
  writeFileSync(archive, dockerArchive([layer]).bytes);
  const terminal = recordingTerminal({ columns: 1000 });
  const db = join(folder, 'none.db');
  const call = { arguments: [`archive:${archive}`], terminal, env: { HOME: folder }, program: [] };
  await run({ ...call, options: { cache: false, db, format: ['json'], ...options } });
  const { compliance } = JSON.parse(terminal.said.out) as { compliance: { id: string; status: string }[] };
  expect(compliance.find(({ id }) => id === 'IMG-014')).toMatchObject({ status: ssh });
  expect(terminal.said.out).toContain(mentioned);
  const reasons = compliance.filter(({ id }) => id === 'IMG-013' || id === 'IMG-039').map(({ status }) => status);
  expect(reasons).toEqual(ssh === 'fail' ? ['pass', 'not-assessed'] : ['not-assessed', 'not-assessed']);
});
