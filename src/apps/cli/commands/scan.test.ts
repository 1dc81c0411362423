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
  ['both', [], 1],
  ['output', [], 2],
  [undefined, [], 2],
  ['both', ['json'], 1],
] as const)('seen: %s, formats %j: the verdict is told %i times', async (seen, format, times) => {
  const terminal = recordingTerminal({ columns: 1000, ...(seen === undefined ? {} : { seen }) });
  const options = { cache: false, db: join(folder, 'none.db'), ...(format.length === 0 ? {} : { format }) };
  expect(await run({ arguments: [`dir:${folder}`], options, terminal, env: { HOME: folder } })).toBe(3);
  const { out, err } = terminal.said;
  const told = [/^CANNOT JUDGE {2}\S/m.test(out), /^cannot-judge: \S/.test(lastLine(err))];
  expect(told.filter(Boolean)).toHaveLength(times);
});
