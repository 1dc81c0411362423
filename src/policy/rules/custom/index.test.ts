import { describe, expect, test } from 'vitest';
import { compileExpression } from './expression.ts';
import { samples } from './samples.ts';

function ask(expression: string, on: 'finding' | 'image' = 'finding') {
  const compiled = compileExpression({ on, expression });
  if (compiled.state === 'refused') return compiled.problem;
  return samples(on).map((variables) => compiled.ask(variables, { left: 1e6 }).state)[0];
}

describe('an expression', () => {
  test.each([
    ['finding.score >= 7', 'true'],
    ['finding.kev && finding.epss > 0.9', 'false'],
    ['finding.fixed != "" && finding.publishedDays > 14', 'true'],
    ['"GHSA-xxxx-xxxx-xxxx" in finding.aliases', 'true'],
    ['finding.id.matches("^CVE-2026-[0-9]+$")', 'true'],
    ['image.environment == "prod" && image.labels["team"] == "example"', 'true'],
    ['image.packages.exists(p, p.name == "example" && p.version.startsWith("1."))', 'true'],
    ['image.names.all(n, n.startsWith("registry.example/"))', 'true'],
    ['image.createdDays < 10', 'false'],
    ['has(image.labels.owner)', 'false'],
    ['type(finding.score) == double', 'true'],
  ])('%s: %s', (expression, answer) => expect(ask(expression)).toBe(answer));

  test.each([
    ['finding.score >>= 7', { line: 1, column: 15 }, 'expecting'],
    ['true &&\n  finding.scor > 7', { line: 2, column: 10 }, 'finding has no field scor'],
    ['true || image.nmaes == ""', { line: 1, column: 14 }, 'image has no field nmaes'],
    ['severity == "high"', { line: 1, column: 1 }, 'no severity here'],
    ['finding.id', { line: 1, column: 1 }, 'neither true nor false'],
    ['finding.id > 3', { line: 1, column: 1 }, 'no matching overload'],
    ['finding.id.frob()', { line: 1, column: 11 }, 'no function frob'],
    ['image.packages.all(p, image.names.all(q, q != p.name))', { line: 1, column: 34 }, 'inside another'],
    ['image.packages.all(p, p in image.packages)', { line: 1, column: 33 }, 'all packages again'],
    ['finding.id.matches("(a")', { line: 1, column: 1 }, 'regexp'],
    ['', { line: 1, column: 1 }, ''],
  ])('%s is refused', (expression, place, message) => {
    expect(ask(expression)).toMatchObject({ ...place, message: expect.stringContaining(message) });
  });

  test('of an image has no finding', () => {
    expect(ask('finding.kev', 'image')).toMatchObject({ message: 'There is no finding here.' });
  });

  test.each([
    ['(', ')'],
    ['[', ']'],
    ['!(', ')'],
    ['-', ''],
    ['[1].all(a,', ')'],
    ['true?', ':1'],
  ])('made to cost much, by %s%s, does not', (open, close) => {
    const fastest = (characters: number): number => {
      const count = Math.floor(characters / (open.length + close.length));
      const text = `${open.repeat(count)}1${close.repeat(count)}`;
      const once = (): number => {
        const started = performance.now();
        expect(ask(text)).toMatchObject({ line: 1 });
        return performance.now() - started;
      };
      return Math.min(once(), once(), once());
    };
    fastest(1300);
    // Three times the length: three to nine times the work, not more with each step in.
    expect(fastest(3900)).toBeLessThan((fastest(1300) + 5) * 30);
  });

  test('what is not known fails unless it is asked for', () => {
    const compiled = compileExpression({ on: 'finding', expression: 'finding.score > 7.0' });
    const careful = compileExpression({ on: 'finding', expression: 'finding.score == null || finding.score > 7.0' });
    const unrated = { finding: new Map([['score', null]]) };
    expect(compiled.state === 'ready' && compiled.ask(unrated, { left: 1e6 })).toMatchObject({ state: 'failed' });
    expect(careful.state === 'ready' && careful.ask(unrated, { left: 1e6 })).toEqual({ state: 'true' });
  });
});
