import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { programOf, wholeSpans } from '../program.ts';
import { golang as reader } from './reader.ts';

function analysisOf(bytes: Uint8Array) {
  const program = programOf({ path: 'app', size: bytes.length, bytes: wholeSpans(bytes), isWhole: true });
  const analysis = program && reader.program?.(program);
  return analysis === 'not-at-hand' ? undefined : analysis;
}

function reported(bytes: Uint8Array): string {
  const { packages = [], faults = [] } = analysisOf(bytes) ?? {};
  const lines = packages.map(({ name, version }) => `${name} ${version}`).toSorted();
  return [...lines, ...faults.map(({ code }) => code)].join('\n');
}

describe('a program that Go has just built', () => {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-go-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const go = (...words: readonly string[]) =>
    execFileSync('go', words, {
      cwd: folder,
      encoding: 'utf8',
      env: {
        ...process.env,
        GOFLAGS: '-mod=vendor -buildvcs=false',
        GOPROXY: 'off',
        GOTOOLCHAIN: 'local',
        CGO_ENABLED: '0',
      },
    });

  beforeAll(() => {
    const files = {
      'go.mod':
        'module example.com/app\ngo 1.19\nrequire (\nexample.com/dep v1.2.3\nexample.com/old v1.0.0\nexample.com/near v0.1.0\n)\nreplace example.com/old => example.com/new v1.5.0\nreplace example.com/near => ./near\n',
      'main.go':
        'package main\nimport (\n_ "example.com/dep"\n_ "example.com/old"\n_ "example.com/near"\n)\nfunc main() {}\n',
      'near/go.mod': 'module example.com/near\n',
      'near/near.go': 'package near\n',
      'vendor/example.com/dep/dep.go': 'package dep\n',
      'vendor/example.com/old/old.go': 'package old\n',
      'vendor/example.com/near/near.go': 'package near\n',
      'vendor/modules.txt':
        '# example.com/dep v1.2.3\n## explicit\nexample.com/dep\n# example.com/near v0.1.0 => ./near\n## explicit\nexample.com/near\n# example.com/old v1.0.0 => example.com/new v1.5.0\n## explicit\nexample.com/old\n# example.com/near => ./near\n# example.com/old => example.com/new v1.5.0\n',
    };
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  });

  test.each([
    ['plainly', []],
    ['without symbols', ['-ldflags=-s -w']],
    ['to any address', ['-buildmode=pie']],
  ])('%s tells its modules', { timeout: 300_000 }, (_, words) => {
    go('build', ...words, '-o', 'app', '.');
    const toolchain = /go(\S+)/.exec(go('version', 'app').split(': ')[1] ?? '')?.[1];
    expect(reported(readFileSync(join(folder, 'app'))).split('\n')).toEqual([
      'example.com/app (devel)',
      'example.com/dep v1.2.3',
      'example.com/near (devel)',
      'example.com/new v1.5.0',
      `stdlib ${toolchain}`,
    ]);
  });
});

const installed = ['/usr/bin/docker', '/usr/bin/containerd', '/usr/bin/dockerd', '/usr/bin/runc'].filter((path) =>
  existsSync(path),
);

describe('a program of this machine', () => {
  test.each(installed)('%s tells what Go reads in it', (path) => {
    const text = execFileSync('go', ['version', '-m', path], { encoding: 'utf8' });
    const toolchain = /: go(\S+)/.exec(text)?.[1];
    const modules = [...text.matchAll(/^\t(?:dep|mod)\t(\S+)\t/gm)].length;
    const { packages = [] } = analysisOf(readFileSync(path)) ?? {};
    expect(packages.find(({ name }) => name === 'stdlib')?.version).toBe(toolchain);
    expect(packages).toHaveLength(modules + 1);
  });
});
