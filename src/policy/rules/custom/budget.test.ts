import { describe, expect, test } from 'vitest';
import { compileExpression } from './expression.ts';
import { samples } from './samples.ts';

const enough = 3_000_000;

/** Variables of an image with as many packages, and a finding with a long text. */
function variables(packages: number) {
  const names = Array.from({ length: packages }, (_, index) => new Map([['name', `package-${index}`]]));
  const image = new Map<string, unknown>([
    ['packages', names],
    ['labels', new Map([['team', 'a'.repeat(60_000)]])],
    ['names', ['registry.example/shop:1']],
    ['hosts', []],
  ]);
  return {
    image,
    finding: new Map<string, unknown>([
      ['id', 'CVE-2026-0001'],
      ['aliases', ['GHSA']],
      ['path', 'usr'],
    ]),
  };
}

function spent(expression: string, packages: number) {
  const compiled = compileExpression({ on: 'finding', expression });
  if (compiled.state === 'refused') throw new Error(compiled.problem.message);
  const budget = { left: enough };
  return { answer: compiled.ask(variables(packages), budget), units: enough - Math.max(0, budget.left) };
}

describe('what an expression costs', () => {
  test.each([
    ['finding.id == "CVE-2026-0001" && finding.path != ""', 0, 1, 20],
    ['image.packages.exists(p, p.name == "none")', 1000, 5000, 20_000],
    ['image.packages.exists(p, p.name == "package-0")', 100_000, 100_000, 100_100],
    ['image.packages.filter(p, p.name != "").size() > 0', 1000, 20_000, 200_000],
    ['"none" in image.packages', 1000, 1000, 2500],
    ['image.labels.team.replace("a", "bc") == ""', 0, 60_000, 100_000],
    ['image.labels.team.matches("^b+$")', 0, 30_000, 100_000],
    ['image.labels.team + image.labels.team == ""', 0, 15_000, 20_000],
  ])('%s with %i packages', (expression, packages, ...[least, most]) => {
    const { answer, units } = spent(expression, packages);
    expect(answer.state).not.toBe('failed');
    expect(units).toBeGreaterThanOrEqual(least);
    expect(units).toBeLessThanOrEqual(most);
  });

  test('is the same each time', () => {
    const once = spent('image.packages.exists(p, p.name.matches("9$"))', 500);
    expect(spent('image.packages.exists(p, p.name.matches("9$"))', 500)).toEqual(once);
  });

  test.each([
    ['image.labels.team.replace("a", image.labels.team) == ""'],
    ['image.packages.map(p, p.name).exists(n, n == "none")'],
    ['image.packages.all(p, p.name.replace("a", image.labels.team).size() > 3)'],
    ['image.packages.all(p, image.labels.team.matches("(a|b)*b(a|b){12}c") == false)'],
    ['image.packages.all(p, p in [image.labels, image.labels] || true)'],
    ['image.packages.all(p, image.labels.team.size() > 9 || true)'],
    ['int(image.labels.team + "9") == 1 || true'],
    ['[image.packages, image.packages].map(l, [l, l]).map(l, [l, l]).map(l, [l, l]) == []'],
    ['image.packages.all(p, "%s %s".format([image.labels, image.labels]) != "")'],
    ['image.packages.all(p, timestamp("2026-01-01T00:00:00Z").getHours("Europe/Berlin") < 25)'],
  ])('%s fails once its budget is used up, whatever stands beside it', (expression) => {
    const { answer, units } = spent(expression, 40_000);
    expect(answer).toEqual({ state: 'failed', reason: 'it costs more steps than it may take' });
    expect(units).toBe(enough);
  });

  test('takes from a budget that another one has used', () => {
    const compiled = compileExpression({ on: 'image', expression: 'image.packages.size() > 0' });
    const budget = { left: 8 };
    const [sample = {}] = samples('image');
    const answers = [1, 2, 3].map(() => compiled.state === 'ready' && compiled.ask(sample, budget).state);
    expect(answers).toEqual(['true', 'failed', 'failed']);
  });
});

describe('an expression made to cost much is refused', () => {
  const doubled = (times: number) =>
    `["a"]${Array.from({ length: times }, () => '.map(a, a + a)').join('')}.size() > 0`;

  test.each([
    [`finding.id${'.replace("-", "----------")'.repeat(5)} == ""`, 'stand upon each other'],
    [
      `finding.id.replace("-", finding.id.replace("-", finding.id.replace("-", finding.id.replace("-", "--")))) == ""`,
      'stand upon',
    ],
    [doubled(40), 'stand upon each other'],
    [`finding.id${' + finding.id'.repeat(301)} == ""`, 'more than 300 calls'],
    [`finding.id${' + finding.id'.repeat(120)} == ""`, 'nested more than 100 deep'],
    ['finding.id.replace("", "x") == ""', 'needs a text to replace'],
    [`finding.id.matches("${'a{100}'.repeat(41)}")`, 'repeats too much'],
    ['finding.id.matches("((a{30}){30}){30}")', 'repeats too much'],
    ['finding.id.matches("(((a{9}){9}){9}){9}")', 'repeats too much'],
    [`finding.id.matches("${'a'.repeat(513)}")`, 'more than 512 characters'],
    ['google.protobuf.Struct{} == null', 'no google.protobuf.Struct'],
  ])('%s', (expression, message) => {
    expect(compileExpression({ on: 'finding', expression })).toMatchObject({
      state: 'refused',
      problem: { message: expect.stringContaining(message) },
    });
  });

  test.each([
    ['finding.id.replace("-", "").replace("C", "").replace("V", "") == ""'],
    ['finding.id.matches("^(CVE-[0-9]{4}-[0-9]{4,7}|GHSA(-[a-z0-9]{4}){3})$")'],
    ['finding.purl.matches("[0-9a-f]{64}|[0-9a-f]{64}")'],
    [Array.from({ length: 70 }, (_, index) => `finding.id == "CVE-2026-${index}"`).join(' || ')],
    [`finding.id in [${Array.from({ length: 200 }, (_, index) => `"CVE-${index}"`).join()}]`],
  ])('and %s is not', (expression) =>
    expect(compileExpression({ on: 'finding', expression })).toMatchObject({ state: 'ready' }),
  );
});
