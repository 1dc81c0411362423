import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { programOf, wholeSpans } from '../program.ts';
import { cargo as reader } from './reader.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-cargo-'));
afterAll(() => rmSync(folder, { recursive: true }));

const list = { packages: [{ name: 'time', version: '0.1.43', source: 'crates.io' }] };

function reported(bytes: Uint8Array): readonly string[] | undefined {
  const program = programOf({ path: 'app', size: bytes.length, bytes: wholeSpans(bytes), isWhole: true });
  const analysis = program && reader.program?.(program);
  return analysis === 'not-at-hand' ? undefined : analysis?.packages.map(({ purl }) => purl);
}

test('the list of crates is read in a real program', () => {
  copyFileSync('/bin/true', join(folder, 'true'));
  writeFileSync(join(folder, 'list'), deflateSync(JSON.stringify(list)));
  execFileSync('objcopy', ['--add-section', '.dep-v0=list', 'true'], { cwd: folder });
  expect(reported(readFileSync('/bin/true'))).toBeUndefined();
  expect(reported(readFileSync(join(folder, 'true')))).toEqual(['pkg:cargo/time@0.1.43']);
});
