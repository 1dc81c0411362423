import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { drawPairs, fromPieces, neighbours, versionsInFeed } from '../testing.ts';
import { gem } from './scheme.ts';

const nasty = fromPieces(['0', '1', '10', '00', 'a', 'Z', 'rc', 'pre', '.', '.', '.', '-', '_', '+', ' ']);
const usual = fromPieces(['.0', '.1', '.10', '.00', '.a', '.b', '.Z', '.rc1', '.1a2', '-1', '-a', '.pre']).map(
  (text) => `1${text}`,
);

describe('RubyGems', () => {
  test('orders generated pairs alike', { timeout: 120_000 }, () => {
    const pairs = [...drawPairs(nasty, 5000), ...drawPairs(usual, 15_000)];
    const answers = askRuby(pairs);
    expect(answers.filter((answer) => answer !== 'none').length).toBeGreaterThan(10_000);
    expect(differences(pairs, answers)).toEqual([]);
  });

  test('orders the versions of its feed alike', { timeout: 120_000 }, () => {
    const feed = versionsInFeed('RubyGems', 'RubyGems');
    const all = [...feed.values()].flat();
    expect(all.length).toBeGreaterThan(1500);
    const unread = all.filter((version) => gem.compare(version, version) === undefined);
    expect(unread).toEqual([]);
    const pairs = [...neighbours(feed), ...neighbours(new Map([['all', all]]))];
    expect(differences(pairs, askRuby(pairs))).toEqual([]);
  });
});

type Pairs = readonly (readonly [string, string])[];

/** One line for each pair: `-1`, `0`, `1`, or `none` where one of them is no version. An empty text is 0 there, and unknown here. */
function askRuby(pairs: Pairs): readonly string[] {
  const script = `require 'json'
JSON.parse(STDIN.read).each do |a, b|
  good = [a, b].all? { |text| Gem::Version.correct?(text) && !text.strip.empty? }
  puts good ? (Gem::Version.new(a) <=> Gem::Version.new(b)) : 'none'
end`;
  const text = execFileSync('ruby', ['-e', script], { input: JSON.stringify(pairs), maxBuffer: 1 << 26 }).toString();
  return text.trim().split('\n');
}

function differences(pairs: Pairs, answers: readonly string[]): readonly string[] {
  expect(answers).toHaveLength(pairs.length);
  return pairs.flatMap(([left, right], at) => {
    const order = gem.compare(left, right);
    const ours = order === undefined ? 'none' : String(Math.sign(order));
    return ours === answers[at] ? [] : [`${left} ${right}: ${ours}, RubyGems ${answers[at]}`];
  });
}
