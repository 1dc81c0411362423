import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
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
