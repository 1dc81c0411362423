import { describe, expect, test } from 'vitest';
import { packageKey, requiredBy } from './required-by.ts';

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
