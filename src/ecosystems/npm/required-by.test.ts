import { describe, expect, test } from 'vitest';
import { npmRequirements, packageKey, requiredBy } from './required-by.ts';

function installed(path: string, version: string, requires?: readonly string[]) {
  const name = path.split('node_modules/').at(-1) ?? path;
  return {
    name,
    version,
    paths: [`${path}/package.json`],
    foundBy: { analyzer: 'npm', evidence: 'package.json' },
    ...(requires && { requires }),
  };
}

const application = (requires?: readonly string[]) => ({ ...installed('app', '1.0.0', requires), name: 'shop' });
const express = installed('app/node_modules/express', '4.16.0', ['body-parser', 'qs']);
const parser = installed('app/node_modules/body-parser', '1.18.2', ['qs', 'bytes']);
const own = installed('app/node_modules/body-parser/node_modules/qs', '6.5.1', []);
const hoisted = installed('app/node_modules/qs', '6.5.2', []);

function chains(packages: Parameters<typeof requiredBy>[0]) {
  const found = requiredBy(packages);
  return (name: string, version: string) => found.get(packageKey({ name, version }));
}

describe('how an npm package came into an application', () => {
  test('is the shortest chain from what the application names, each copy by its own', () => {
    const chain = chains([application(['express']), express, parser, own, hoisted]);
    expect(chain('express', '4.16.0')).toEqual(['express']);
    expect(chain('qs', '6.5.2')).toEqual(['express', 'qs']);
    expect(chain('qs', '6.5.1')).toEqual(['express', 'body-parser', 'qs']);
    expect(chain('bytes', '3.0.0')).toBeUndefined();
  });

  test('begins at what nothing requires where no application says what it needs', () => {
    const chain = chains([express, parser, hoisted]);
    expect(chain('express', '4.16.0')).toEqual(['express']);
    expect(chain('qs', '6.5.2')).toEqual(['express', 'qs']);
  });

  test('is not known without what packages require, and for what the application does not reach', () => {
    const bare = installed('app/node_modules/qs', '6.5.2');
    expect(requiredBy([bare, installed('app/node_modules/express', '4.16.0')]).size).toBe(0);
    const chain = chains([
      application(['express']),
      express,
      parser,
      hoisted,
      installed('app/node_modules/left', '1.0.0', []),
    ]);
    expect(chain('left', '1.0.0')).toBeUndefined();
  });

  test('ends where packages require each other', () => {
    const [one, other] = [installed('node_modules/a', '1', ['b']), installed('node_modules/b', '1', ['a'])];
    const root = { ...application(['a']), paths: ['package.json'] };
    expect(chains([root, one, other])('b', '1')).toEqual(['a', 'b']);
  });
});

function listed(label: string, evidence: string, requires: readonly string[] = []) {
  const [name = '', version = ''] = label.split('@');
  return { name, version, paths: ['app/yarn.lock'], foundBy: { analyzer: 'npm-lock', evidence }, requires };
}

describe('how an npm package came into a lock file', () => {
  const direct = 'lock file (direct dependency)';

  test('is by the very versions that the file requires, from what the project names', () => {
    const chain = chains([
      listed('express@4.16.0', direct, ['body-parser@1.18.2', 'qs@6.5.2']),
      listed('body-parser@1.18.2', 'lock file', ['qs@6.5.1']),
      listed('qs@6.5.1', 'lock file'),
      listed('qs@6.5.2', direct),
    ]);
    expect(chain('qs', '6.5.2')).toEqual(['qs']);
    expect(chain('qs', '6.5.1')).toEqual(['express', 'body-parser', 'qs']);
  });

  test('begins at what nothing requires where the file does not tell what the project names', () => {
    const chain = chains([listed('express@4.16.0', 'lock file', ['qs@6.5.2']), listed('qs@6.5.2', 'lock file')]);
    expect(chain('express', '4.16.0')).toEqual(['express']);
    expect(chain('qs', '6.5.2')).toEqual(['express', 'qs']);
  });

  test('leads through what is installed too, in folders where no other package finds it', () => {
    const store = (label: string) => `app/node_modules/.pnpm/${label}/node_modules/${label.split('@')[0]}/package.json`;
    const joined = (label: string, evidence: string, requires: readonly string[]) => ({
      ...listed(label, `package.json, ${evidence}`, requires),
      paths: [store(label), 'app/yarn.lock'],
    });
    const chain = chains([
      joined('express@4.16.0', direct, ['qs@6.5.2']),
      joined('qs@6.5.2', 'lock file', ['bytes@3.0.0']),
      listed('bytes@3.0.0', 'lock file'),
    ]);
    expect(chain('bytes', '3.0.0')).toEqual(['express', 'qs', 'bytes']);
  });

  test('never leads from one file into another', () => {
    const chain = chains([
      listed('express@4.16.0', direct, ['qs@6.5.2']),
      { ...listed('qs@6.5.2', 'lock file'), paths: ['other/yarn.lock'] },
    ]);
    expect(chain('qs', '6.5.2')).toEqual(['qs']);
  });

  test('gives what each package requires', () => {
    const [one, other] = [listed('a@1.0.0', direct, ['b@2.0.0']), listed('b@2.0.0', 'lock file')];
    expect(npmRequirements([one, other, listed('b@1.0.0', direct)]).get(one)).toEqual([other]);
  });
});

describe('what nobody installs', () => {
  const many = (count: number, make: (index: number) => string): string[] =>
    Array.from({ length: count }, (_, at) => make(at));
  const hostile = (count: number, path: (at: number) => string) => ({
    ...installed(
      'app',
      '1',
      many(1000, (at) => `none-${at}`),
    ),
    paths: many(count, (at) => `${path(at)}/package.json`),
  });

  test.each([
    ['folders as deep as a path may be', hostile(20, (at) => `${'a/'.repeat(1000)}${at}/node_modules/app`)],
    [
      'more requirements at more places than an image has',
      hostile(1000, (at) => `${'a/'.repeat(30)}${at}/node_modules/app`),
    ],
  ])('%s are looked through for about a second', (_, package_) => {
    const before = process.cpuUsage();
    requiredBy([package_, hoisted]);
    npmRequirements([package_, hoisted]);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(10);
  });

  test('no chain is told of an image with too much of it, for it may be a wrong one', () => {
    const packages = [hostile(1000, (at) => `${'a/'.repeat(30)}${at}/node_modules/app`), express, hoisted];
    expect(requiredBy(packages).size).toBe(0);
  });
});
