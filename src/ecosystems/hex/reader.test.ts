import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { damagedTexts, damageTries } from '../../../test/damage.ts';
import { hex } from './reader.ts';

const limits = { archiveDepth: 16, unpackedBytes: 2 ** 30, entries: 1_000_000 };

async function reported(text: string): Promise<readonly string[]> {
  const { packages, faults } = await hex.analyze({ path: 'mix.lock', content: Buffer.from(text), limits });
  return [...packages.map(({ purl }) => purl), ...faults.map(({ code }) => code)];
}

// Entries of public lock files, and one under another name.
const lock = `%{
  "phoenix": {:git, "https://github.com/phoenixframework/phoenix", "cfd5a6e91b0d60c5dc84ad5874506444f5d65251", [tag: "v1.5.8"]},
  "phoenix_pubsub": {:hex, :phoenix_pubsub, "2.0.0", "a1ae7671", [:mix], [], "hexpm", "c52d948c"},
  "plug": {:hex, :plug, "1.11.1", "f2992bac", [:mix], [{:mime, "~> 1.0", [hex: :mime, repo: "hexpm", optional: false]}], "hexpm", "00"},
  "json" => {:hex, :jason, "1.4.1", "00", [:mix], [], "hexpm", "00"},
}
`;
const listed = ['pkg:hex/phoenix', 'pkg:hex/phoenix_pubsub@2.0.0', 'pkg:hex/plug@1.11.1', 'pkg:hex/jason@1.4.1'];
const damaged = 'corrupt-package-database';

describe('a lock file of Mix', () => {
  test.each([
    ['whole', lock, listed],
    ['with line ends of Windows', lock.replaceAll('\n', '\r\n'), listed],
    ['that lists nothing', '%{}', []],
    ['cut off', lock.slice(0, lock.indexOf('"plug"')), [...listed.slice(0, 2), damaged]],
    ['empty', '', [damaged]],
    ['of something else', '{"a": 1}', [damaged]],
  ])('%s', async (_, text, expected) => expect(await reported(text)).toEqual(expected));

  test.each([
    ['app/mix.lock', true],
    ['app/deps/plug/mix.lock', false],
    ['app/remix.lock', false],
  ])('%s: %s', (path, wanted) => expect(hex.wants(path, 1, 0o644)).toBe(wanted));

  test('is read or refused, however it is damaged', { timeout: 600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(damagedTexts(lock), async (text) => {
        const lines = await reported(text);
        if (!text.trim().endsWith('}')) expect(lines).toContain(damaged);
      }),
      { numRuns: damageTries },
    );
  });
});
