import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { drawPairs, fromPieces, neighbours, versionsInFeed } from '../testing.ts';
import { composer } from './scheme.ts';

const nasty = fromPieces(
  ['1', '0', '10', '2010', '01', '.', '-', '_', 'v', 'dev', 'beta', 'RC', 'p', '+b', '@dev', ':'],
  8,
);
const usual = fromPieces([
  '.0',
  '.1',
  '.10',
  '-beta',
  '-RC',
  'a',
  '.pl',
  '-patch',
  '2',
  '.3',
  '-dev',
  '-stable',
  '+b1',
]).map((text) => `1${text}`);

describe('Composer', () => {
  test('orders generated pairs alike', { timeout: 120_000 }, () => {
    const pairs = [...drawPairs(nasty, 10_000), ...drawPairs(usual, 20_000)];
    const answers = askComposer(pairs);
    expect(answers.filter((answer) => answer !== 'none').length).toBeGreaterThan(2000);
    expect(differences(pairs, answers)).toEqual([]);
  });

  test('orders the versions of its feed alike', { timeout: 120_000 }, () => {
    const feed = versionsInFeed('Packagist', 'Packagist');
    const all = [...feed.values()].flat();
    expect(all.length).toBeGreaterThan(2000);
    expect(all.filter((version) => composer.compare(version, version) === undefined)).toEqual([]);
    const pairs = [...neighbours(feed), ...neighbours(new Map([['all', all]]))];
    expect(differences(pairs, askComposer(pairs))).toEqual([]);
  });
});

type Pairs = readonly (readonly [string, string])[];

/** One line for each pair: `-1`, `0`, `1`, or `none` where one of them is no version or a branch. */
function askComposer(pairs: Pairs): readonly string[] {
  const script = `require '/usr/share/php/Composer/Semver/autoload.php';
$parser = new Composer\\Semver\\VersionParser();
$normal = function ($text) use ($parser) {
  try { $version = $parser->normalize($text); } catch (UnexpectedValueException $e) { return null; }
  $branch = strpos($version, 'dev-') === 0 || strpos($version, '9999999') !== false;
  return $branch ? null : $version;
};
foreach (json_decode(stream_get_contents(STDIN)) as [$a, $b]) {
  [$left, $right] = [$normal($a), $normal($b)];
  echo $left === null || $right === null ? 'none' : version_compare($left, $right), "\\n";
}`;
  const text = execFileSync('php', ['-r', script], { input: JSON.stringify(pairs), maxBuffer: 1 << 26 }).toString();
  return text.trim().split('\n');
}

function differences(pairs: Pairs, answers: readonly string[]): readonly string[] {
  expect(answers).toHaveLength(pairs.length);
  return pairs.flatMap(([left, right], at) => {
    const order = composer.compare(left, right);
    const ours = order === undefined ? 'none' : String(Math.sign(order));
    return ours === answers[at] ? [] : [`${left} ${right}: ${ours}, Composer ${answers[at]}`];
  });
}
