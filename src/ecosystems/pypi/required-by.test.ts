import { describe, expect, test } from 'vitest';
import { requiredBy } from './required-by.ts';

function installed(site: string, name: string, requires?: readonly string[]) {
  return { name, version: '1', paths: [`${site}/${name}-1.dist-info/METADATA`], ...(requires && { requires }) };
}

function chains(packages: Parameters<typeof requiredBy>[0]) {
  const found = requiredBy(packages);
  return (name: string) => found.get(JSON.stringify([name, '1']));
}

describe('how a Python package came into its environment', () => {
  test('is the shortest chain from what no other requires, names written in any way', () => {
    const chain = chains([
      installed('a', 'app', ['Flask_Login', 'werkzeug']),
      installed('a', 'flask-login', ['flask']),
      installed('a', 'Flask', ['Werkzeug', 'not-there']),
      installed('a', 'Werkzeug', []),
    ]);
    expect(chain('app')).toEqual(['app']);
    expect(chain('Flask')).toEqual(['app', 'flask-login', 'Flask']);
    expect(chain('Werkzeug')).toEqual(['app', 'Werkzeug']);
  });

  test('stays in one environment, and the shortest of several counts', () => {
    const chain = chains([
      installed('a', 'x', ['y']),
      installed('a', 'y', ['z']),
      installed('a', 'z', []),
      installed('b', 'y', ['z']),
      installed('b', 'z', []),
    ]);
    expect(chain('y')).toEqual(['y']);
    expect(chain('z')).toEqual(['y', 'z']);
  });

  test('is not known where nothing says what it requires, nor of packages that only require each other', () => {
    expect(requiredBy([installed('a', 'x'), installed('a', 'y', [])]).size).toBe(0);
    const chain = chains([
      installed('a', 'x', ['y']),
      installed('a', 'y', ['x', 'y']),
      installed('a', 'z', ['w']),
      installed('a', 'w'),
    ]);
    expect(chain('x')).toBeUndefined();
    expect(chain('w')).toEqual(['z', 'w']);
  });

  test('keeps packages of zipped and unpacked eggs in the folder that holds them', () => {
    const egg = { name: 'y', version: '1', paths: ['eggs/y-1.egg'], requires: [] };
    const folder = { name: 'x', version: '1', paths: ['eggs/x-1.egg/EGG-INFO/PKG-INFO'], requires: ['y'] };
    expect(chains([egg, folder])('y')).toEqual(['x', 'y']);
  });
});

test('a package of many requirements in many environments is looked through for about a second', () => {
  const requires = Array.from({ length: 1000 }, (_, at) => `none-${at}`);
  const paths = (environment: (at: number) => string) =>
    Array.from({ length: 1000 }, (_, at) => `${environment(at)}/x-${at}.dist-info/METADATA`);
  const packages = Array.from({ length: 60 }, (_, at) => ({
    name: `x${at}`,
    version: '1',
    requires,
    paths: paths(at % 2 === 0 ? () => 'one' : String),
  }));
  const before = process.cpuUsage();
  requiredBy(packages);
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1e6).toBeLessThan(5);
});
