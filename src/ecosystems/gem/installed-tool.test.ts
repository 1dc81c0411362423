import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { gem } from './reader.ts';

const limits = { archiveDepth: 16, unpackedBytes: 2 ** 30, entries: 1_000_000 };

test('each gem of this machine is what RubyGems says', async () => {
  const script =
    'Gem::Specification.each { |s| puts [s.loaded_from, s.name, s.version, s.licenses.join(" ")].join("\t") }';
  const lines = execFileSync('ruby', ['-e', script]).toString().trim().split('\n');
  expect(lines.length).toBeGreaterThan(50);
  const found = lines.map(async (line) => {
    const file = line.split('\t')[0] ?? '';
    expect(gem.wants(file.slice(1), 1, 0o644), file).toBe(true);
    const { packages } = await gem.analyze({ path: file, content: readFileSync(file), limits });
    return packages.map(({ name, version, licenses }) => [file, name, version, licenses.join(' ')].join('\t')).join();
  });
  expect(await Promise.all(found)).toEqual(lines);
});
