import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { drawPairs, fromPieces, neighbours, versionsInFeed } from '../testing.ts';
import { parseGoMod } from './go-mod.ts';
import { golang } from './index.ts';
import { everyDirective, kompose } from './sources.testing.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-go-'));
afterAll(() => rmSync(folder, { recursive: true }));

const environment = { ...process.env, GOPROXY: 'off', GOTOOLCHAIN: 'local', GOFLAGS: '-mod=mod' };
const go = (words: readonly string[], input = ''): string =>
  execFileSync('go', words, { cwd: folder, encoding: 'utf8', env: environment, input, maxBuffer: 1 << 26 });

interface Edited {
  readonly Require: readonly { readonly Path: string; readonly Version: string }[];
}

/** Directives that Go itself may not know yet. */
const newer = /^(?:godebug|tool|ignore) .*\n/gm;

test.each([
  ['of a project', kompose],
  ['with every directive', everyDirective.replaceAll(newer, '')],
])('Go reads the same in a go.mod %s', (_, text) => {
  const bare = text.replaceAll(/^(?:replace|exclude) (?:[^(\n].*|\([^)]*\))\n/gm, '').replace(/^toolchain .*\n/m, '');
  writeFileSync(join(folder, 'x.mod'), bare);
  const { Require: required } = JSON.parse(go(['mod', 'edit', '-json', join(folder, 'x.mod')])) as Edited;
  const file = parseGoMod(bare);
  expect(required.length).toBeGreaterThan(5);
  expect(typeof file === 'string' ? file : file.modules).toEqual(
    required.map(({ Path: name, Version: version }) => ({ name, version })),
  );
});

describe('Go orders versions alike', () => {
  const nasty = fromPieces(
    ['0', '1', '10', '.0', '.1', '.2', '-0', '-rc.1', '-rc1', '-0.20240101120000-0123456789ab', '+incompatible'],
    5,
  );
  const versions = nasty.map((text) => `v1.${text}`);

  test('of its feed, and generated ones', { timeout: 300_000 }, () => {
    const feed = versionsInFeed('Go', 'Go');
    const named = new Map(
      [...feed].map(([name, list]) => [name, list.map((version) => `v${version.replace(/^v/, '')}`)]),
    );
    const all = [...named.values()].flat();
    const pairs = [...neighbours(named), ...neighbours(new Map([['all', all]])), ...drawPairs(versions, 20_000)];
    const answers = askGo(pairs);
    expect(answers.filter((answer) => answer !== 'none').length).toBeGreaterThan(5000);
    const different = pairs.flatMap(([left, right], at) => {
      const ours = Math.sign(golang.scheme.compare(left, right) ?? Number.NaN);
      return answers[at] === 'none' || String(ours) === answers[at]
        ? []
        : [`${left} ${right}: ${ours}, Go ${answers[at]}`];
    });
    expect(different).toEqual([]);
  });
});

/** One line for each pair: `-1`, `0`, `1`, or `none` where one of them is no version for Go. */
function askGo(pairs: readonly (readonly [string, string])[]): readonly string[] {
  const root = go(['env', 'GOROOT']).trim();
  mkdirSync(join(folder, 'semver'));
  const code = readFileSync(join(root, 'src/cmd/vendor/golang.org/x/mod/semver/semver.go'));
  writeFileSync(join(folder, 'semver/semver.go'), code);
  writeFileSync(join(folder, 'go.mod'), 'module ask\n\ngo 1.19\n');
  writeFileSync(
    join(folder, 'main.go'),
    `package main
import ("bufio"; "fmt"; "os"; "strings"; "ask/semver")
func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		pair := strings.Split(lines.Text(), "\\t")
		if semver.IsValid(pair[0]) && semver.IsValid(pair[1]) { fmt.Println(semver.Compare(pair[0], pair[1])) } else { fmt.Println("none") }
	}
}
`,
  );
  return go(['run', '.'], pairs.map((pair) => pair.join('\t')).join('\n'))
    .trim()
    .split('\n');
}
