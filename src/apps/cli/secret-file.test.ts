import { linkSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeSecretFile } from './secret-file.ts';

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'seawall-secret-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const modeOf = (file: string): number => statSync(file).mode & 0o777;

test('a file with a secret is its owner’s alone, also where one that all may read was', () => {
  const file = join(folder, 'webhook.yaml');
  writeSecretFile(file, 'first');
  expect(modeOf(file)).toBe(0o600);
  writeFileSync(join(folder, 'open.yaml'), 'old', { mode: 0o644 });
  linkSync(join(folder, 'open.yaml'), join(folder, 'same.yaml'));
  writeSecretFile(join(folder, 'open.yaml'), 'second');
  expect([modeOf(join(folder, 'open.yaml')), readFileSync(join(folder, 'open.yaml'), 'utf8')]).toEqual([
    0o600,
    'second',
  ]);
  expect(readFileSync(join(folder, 'same.yaml'), 'utf8')).toBe('old');
});

test('a link to nowhere or to another file is no way around', () => {
  const [file, other] = [join(folder, 'webhook.yaml'), join(folder, 'other')];
  symlinkSync(other, file);
  writeSecretFile(file, 'first');
  writeFileSync(other, 'old', { mode: 0o644 });
  rmSync(file);
  symlinkSync(other, file);
  writeSecretFile(file, 'second');
  expect([modeOf(file), readFileSync(file, 'utf8'), readFileSync(other, 'utf8')]).toEqual([0o600, 'second', 'old']);
});

test('what cannot be written is named', () => {
  expect(() => writeSecretFile(join(folder, 'no', 'file'), 'x')).toThrow(
    expect.objectContaining({ code: 'output-unwritable' }),
  );
  expect(() => writeSecretFile(folder, 'x')).toThrow(expect.objectContaining({ code: 'output-unwritable' }));
  expect(() => writeSecretFile('/dev/null', 'x')).not.toThrow();
  expect(modeOf('/dev/null')).toBe(0o666);
});
