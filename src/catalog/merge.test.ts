import { describe, expect, it } from 'vitest';
import type { FoundPackage } from '#ecosystems/index.ts';
import { pathList } from '#image/index.ts';
import type { AnalyzedPath, LayerResult } from './layer-result.ts';
import { mergeLayers } from './merge.ts';

const empty: LayerResult = {
  size: 0,
  verified: true,
  removed: [],
  opaque: [],
  directories: [],
  symlinks: {},
  others: new Uint8Array(),
  files: [],
  faults: [],
};

function layer(parts: Partial<LayerResult>): LayerResult {
  return { ...empty, ...parts };
}

function found(named: Pick<FoundPackage, 'type' | 'name' | 'version'>, path: string): FoundPackage {
  const { type, name, version } = named;
  const analyzer = type === 'deb' ? 'dpkg' : 'npm';
  const foundBy = { analyzer, evidence: 'test' };
  return {
    type,
    name,
    version,
    purl: `pkg:${type}/${name}@${version}`,
    licenses: [],
    paths: [path],
    files: [],
    foundBy,
  };
}

const status = 'var/lib/dpkg/status';
function database(versions: Record<string, string>): AnalyzedPath {
  const packages = Object.entries(versions).map(([name, version]) => found({ type: 'deb', name, version }, status));
  return { path: status, analyses: [{ analyzer: 'dpkg', analysis: { packages, faults: [] } }] };
}
function list(name: string, files: readonly string[]): AnalyzedPath {
  const analysis = { packages: [], faults: [], owns: { package: name, files } };
  return { path: `var/lib/dpkg/info/${name}.list`, analyses: [{ analyzer: 'dpkg', analysis }] };
}
function module(path: string, name = 'left-pad', version = '1.0.0'): AnalyzedPath {
  const analysis = { packages: [found({ type: 'npm', name, version }, path)], faults: [] };
  return { path, analyses: [{ analyzer: 'npm', analysis }] };
}
function release(path: string, id: string): AnalyzedPath {
  const analysis = { packages: [], faults: [], distribution: { id, like: [], name: id } };
  return { path, analyses: [{ analyzer: 'os-release', analysis }] };
}

function layersOf(layers: readonly LayerResult[]): Record<string, number> {
  return Object.fromEntries(mergeLayers(layers).packages.map((one) => [`${one.name} ${one.version}`, one.layer]));
}

describe('a package database that changes from layer to layer', () => {
  it('leaves each package the layer that brought it in this version', () => {
    const layers = [
      layer({ files: [database({ base: '1', tool: '1' })] }),
      layer({}),
      layer({ files: [database({ base: '1', tool: '2', extra: '1' })] }),
      layer({ files: [database({ base: '1', tool: '2', extra: '1', last: '1' })] }),
    ];
    expect(layersOf(layers)).toEqual({ 'base 1': 0, 'tool 2': 2, 'extra 1': 2, 'last 1': 3 });
  });

  it('gives a package that was removed and installed again to the new layer', () => {
    const layers = [{ a: '1', b: '1' }, { b: '1' }, { a: '1', b: '1' }].map((versions) =>
      layer({ files: [database(versions)] }),
    );
    expect(layersOf(layers)).toEqual({ 'a 1': 2, 'b 1': 0 });
  });

  it('that is removed takes its packages along', () => {
    const layers = [layer({ files: [database({ a: '1' })] }), layer({ removed: ['var/lib'] })];
    expect(layersOf(layers)).toEqual({});
    expect(layersOf([...layers, layer({ files: [database({ a: '1' })] })])).toEqual({ 'a 1': 2 });
  });

  it('that is written anew in an emptied folder is compared with the one before', () => {
    const anew = layer({ opaque: ['var/lib/dpkg'], files: [database({ a: '1', b: '1' })] });
    expect(layersOf([layer({ files: [database({ a: '1' })] }), anew])).toEqual({ 'a 1': 0, 'b 1': 1 });
  });
});

describe('what upper layers do to files below', () => {
  const below = layer({
    files: [module('app/node_modules/left-pad/package.json'), module('opt/node_modules/x/package.json', 'x')],
  });
  const packagesOver = (upper: Partial<LayerResult>) =>
    mergeLayers([below, layer(upper)]).packages.map(({ name }) => name);

  it.each([
    ['a whiteout of the file', { removed: ['app/node_modules/left-pad/package.json'] }, ['x']],
    ['a whiteout of a folder above', { removed: ['app'] }, ['x']],
    ['a whiteout of a name that only begins alike', { removed: ['app/node_modules/left', 'ap'] }, ['left-pad', 'x']],
    ['an opaque folder', { opaque: ['opt'] }, ['left-pad']],
    ['an opaque root', { opaque: [''] }, []],
    ['a link in place of a folder', { symlinks: { app: 'elsewhere' } }, ['x']],
    ['a file in place of a folder', { others: pathList(['app/node_modules', 'opt/node_modules/y']) }, ['x']],
    [
      'a file of another kind in place of the file',
      { others: pathList(['opt/node_modules/x/package.json']) },
      ['left-pad'],
    ],
    ['files beside what was found', { others: pathList(['ap', 'opt/node_modules/x/index.js']) }, ['left-pad', 'x']],
    ['a folder in place of the file', { directories: ['app/node_modules/left-pad/package.json'] }, ['x']],
    ['an entry for a folder that is there', { directories: ['app'] }, ['left-pad', 'x']],
    ['an emptied file', { files: [{ path: 'opt/node_modules/x/package.json', analyses: [] }] }, ['left-pad']],
  ])('%s', (_, upper, names) => {
    expect(packagesOver(upper)).toEqual(names);
  });

  it('keeps what a layer itself puts where it removed something', () => {
    const upper = { removed: ['app'], files: [module('app/node_modules/y/package.json', 'y')] };
    expect(packagesOver(upper)).toEqual(['x', 'y']);
  });
});

describe('owned files', () => {
  it('are canonical across a merged /usr, and name the owner of what a distribution ships', () => {
    const { packages } = mergeLayers([
      layer({
        symlinks: { lib: 'usr/lib', bin: 'usr/bin' },
        directories: ['usr', 'usr/lib'],
        files: [
          database({ 'node-left-pad': '1.0.0-1' }),
          list('node-left-pad', ['lib', 'usr', 'lib/node_modules/left-pad/package.json', 'bin/pad', 'usr/bin/pad']),
          module('usr/lib/node_modules/left-pad/package.json'),
          release('etc/os-release', 'debian'),
        ],
      }),
      layer({ files: [module('app/node_modules/left-pad/package.json')] }),
    ]);
    const [deb, app, shipped] = packages;
    expect(deb?.files).toEqual(['lib', 'usr/lib/node_modules/left-pad/package.json', 'usr/bin/pad']);
    expect(app?.ownedBy).toBeUndefined();
    expect(shipped?.ownedBy).toBe('pkg:deb/debian/node-left-pad@1.0.0-1?distro=debian');
  });

  it('that a higher layer wrote over are not the owner’s any more, until it is installed again', () => {
    const path = 'usr/lib/node_modules/left-pad/package.json';
    const installed = layer({ files: [database({ owner: '1' }), list('owner', [path]), module(path)] });
    const ownersIn = (upper: LayerResult) =>
      mergeLayers([installed, upper]).packages.flatMap((one) => (one.type === 'npm' ? [one.ownedBy] : []));
    expect(ownersIn(layer({}))).toEqual(['pkg:deb/owner@1']);
    expect(ownersIn(layer({ files: [module(path)] }))).toEqual(['pkg:deb/owner@1']);
    expect(ownersIn(layer({ files: [module(path, 'left-pad', '0.9.0')] }))).toEqual([undefined]);
    const again = [database({ owner: '2' }), list('owner', [path]), module(path, 'left-pad', '2.0.0')];
    expect(ownersIn(layer({ files: again }))).toEqual(['pkg:deb/owner@2']);
  });

  it.each([
    ['Debian <a@lists.debian.org>', []],
    ['Nodesource <support@nodesource.com>', ['node']],
  ])('leave a program to its owner, of %s, if the distribution built that one', (vendor, programs) => {
    const path = 'usr/bin/node';
    const owner = { ...found({ type: 'deb', name: 'nodejs', version: '18' }, status), vendor };
    const program = found({ type: 'generic', name: 'node', version: '18.0.0' }, path);
    const { packages } = mergeLayers([
      layer({
        files: [
          { path: status, analyses: [{ analyzer: 'dpkg', analysis: { packages: [owner], faults: [] } }] },
          list('nodejs', [path]),
          { path, analyses: [{ analyzer: 'programs', analysis: { packages: [program], faults: [] } }] },
          release('etc/os-release', 'debian'),
        ],
      }),
    ]);
    expect(packages.flatMap(({ type, name }) => (type === 'generic' ? [name] : []))).toEqual(programs);
  });

  it('are found by architecture where several are installed', () => {
    const both = ['amd64', 'i386'].map((architecture) => ({
      ...found({ type: 'deb', name: 'libc6', version: '1' }, status),
      architecture,
    }));
    const lists = ['amd64', 'i386'].map((architecture) => ({
      path: `var/lib/dpkg/info/libc6:${architecture}.list`,
      analyses: [
        {
          analyzer: 'dpkg',
          analysis: { packages: [], faults: [], owns: { package: 'libc6', architecture, files: [architecture] } },
        },
      ],
    }));
    const installed = { path: status, analyses: [{ analyzer: 'dpkg', analysis: { packages: both, faults: [] } }] };
    const { packages } = mergeLayers([layer({ files: [installed, ...lists] })]);
    expect(packages.map((one) => one.files)).toEqual([['amd64'], ['i386']]);
  });

  it('come from where a file beside their own says', () => {
    const origin = { evidence: 'a/package.json', words: 'from a folder' };
    const analysis = { packages: [], faults: [], origin };
    const told = { path: 'a/origin', analyses: [{ analyzer: 'npm', analysis }] };
    const files = [module('a/package.json', 'a'), module('b/package.json', 'b'), told];
    const evidenceOf = (layers: readonly LayerResult[]): readonly string[] =>
      mergeLayers(layers).packages.map((one) => one.foundBy.evidence);
    expect(evidenceOf([layer({ files })])).toEqual(['test, from a folder', 'test']);
    expect(evidenceOf([layer({ files }), layer({ removed: ['a/origin'] })])).toEqual(['test', 'test']);
  });

  it('one package under two names of its folder is one package', () => {
    const files = [module('lib/node_modules/a/package.json'), module('usr/lib/node_modules/a/package.json')];
    const { packages } = mergeLayers([layer({ symlinks: { lib: 'usr/lib' }, files })]);
    expect(packages.map((one) => one.paths)).toEqual([['usr/lib/node_modules/a/package.json']]);
  });
});

describe('the distribution', () => {
  it('is what etc/os-release says, wherever it leads', () => {
    const base = layer({
      files: [release('usr/lib/os-release', 'debian')],
      symlinks: { 'etc/os-release': '../usr/lib/os-release' },
    });
    expect(mergeLayers([base]).distribution?.id).toBe('debian');
    expect(mergeLayers([base, layer({ files: [release('etc/os-release', 'own')] })]).distribution?.id).toBe('own');
    expect(mergeLayers([layer({ files: [release('usr/lib/os-release', 'arch')] })]).distribution?.id).toBe('arch');
  });

  it('that nobody names is a fault when there are packages of one', () => {
    expect(mergeLayers([layer({ files: [database({ a: '1' })] })]).faults).toMatchObject([
      { code: 'unknown-distribution' },
    ]);
    expect(mergeLayers([layer({ files: [module('node_modules/a/package.json')] })]).faults).toEqual([]);
  });
});

describe('content sets', () => {
  const manifest = (name: string, contentSets: readonly string[]): AnalyzedPath => ({
    path: `root/buildinfo/content_manifests/${name}.json`,
    analyses: [{ analyzer: 'content-sets', analysis: { packages: [], faults: [], contentSets } }],
  });
  const base = layer({ files: [release('etc/os-release', 'rhel'), manifest('ubi9', ['baseos', 'appstream'])] });
  const upper = layer({ files: [manifest('app', ['appstream', 'eap'])] });
  const setsOf = (...layers: LayerResult[]) => mergeLayers(layers).distribution?.contentSets;

  it('are those of all layers together, less what a layer removed', () => {
    expect(setsOf(base, upper)).toEqual(['appstream', 'baseos', 'eap']);
    expect(setsOf(base, upper, layer({ removed: [manifest('ubi9', []).path] }))).toEqual(['appstream', 'eap']);
    expect(setsOf(layer({ files: [release('etc/os-release', 'rhel')] }))).toBeUndefined();
  });

  it('are cut at as many as a catalog carries', () => {
    const many = layer({
      files: [
        manifest(
          'many',
          Array.from({ length: 3000 }, (_, at) => `set-${at}`),
        ),
      ],
    });
    expect(setsOf(base, many)).toHaveLength(2000);
  });
});

describe('faults', () => {
  it('carry the layer, and go with the file they speak of', () => {
    const fault = { code: 'corrupt-package', message: 'cut' } as const;
    const damaged = { path: 'a.jar', analyses: [{ analyzer: 'jar', analysis: { packages: [], faults: [fault] } }] };
    const layers = [
      layer({}),
      layer({ files: [damaged], faults: [{ code: 'entry-limit', message: 'many', layer: 7 }] }),
    ];
    expect(mergeLayers(layers).faults).toMatchObject([
      { code: 'entry-limit', layer: 1 },
      { code: 'corrupt-package', layer: 1, path: 'a.jar', analyzer: 'jar' },
    ]);
    expect(mergeLayers([...layers, layer({ removed: ['a.jar'] })]).faults).toMatchObject([{ code: 'entry-limit' }]);
  });

  it('name links in a circle', () => {
    const { faults } = mergeLayers([layer({ symlinks: { a: 'b', b: 'a', fine: 'nowhere' } })]);
    expect(faults.map(({ code, path }) => [code, path])).toEqual([
      ['symlink-loop', 'a'],
      ['symlink-loop', 'b'],
    ]);
  });

  it('name databases that nobody reads, but not what a distribution ships', () => {
    const python = { path: 'usr/lib/python3/dist-packages/x.dist-info/METADATA', analyses: [], unread: 'python' };
    const pacman = { path: 'var/lib/pacman/local/bash-5/desc', analyses: [], unread: 'pacman' };
    const shipped = [database({ x: '1' }), list('x', [python.path]), release('etc/os-release', 'debian')];
    expect(mergeLayers([layer({ files: [...shipped, python] })]).faults).toEqual([]);
    expect(mergeLayers([layer({ files: [python] }), layer({ files: [pacman] })]).faults).toMatchObject([
      { code: 'unknown-package-database', path: pacman.path, layer: 1 },
      { code: 'unknown-package-database', path: python.path, layer: 0 },
    ]);
  });
});

describe('an image in which nothing is recognised', () => {
  it('is unknown, not clean', () => {
    expect(mergeLayers([layer({ size: 10_240 })]).faults).toMatchObject([{ code: 'nothing-recognised' }]);
  });

  it('is no fault when it holds no file, or a package', () => {
    const held = {
      path: 'a/node_modules/b/package.json',
      analyses: [
        {
          analyzer: 'npm',
          analysis: {
            packages: [found({ type: 'npm', name: 'b', version: '1.0.0' }, 'a/node_modules/b/package.json')],
            faults: [],
          },
        },
      ],
    };
    expect(mergeLayers([layer({ size: 1024 })]).faults).toEqual([]);
    expect(mergeLayers([layer({ size: 10_240, files: [held] })]).faults).toEqual([]);
  });
});

describe('a catalog with more faults than it may carry', () => {
  it('keeps those that withhold a verdict before files that nothing identifies', () => {
    const fault = { code: 'unidentified-package' as const, message: 'Nothing tells.' };
    const files = Array.from({ length: 10_001 }, (_, at): AnalyzedPath => {
      return { path: `bin/${at}`, analyses: [{ analyzer: 'golang', analysis: { packages: [], faults: [fault] } }] };
    });
    const unread = { path: 'x.dist-info/METADATA', analyses: [], unread: 'python' };
    const { faults } = mergeLayers([layer({ size: 4096, files: [...files, unread] })]);
    expect(faults).toHaveLength(10_000);
    expect(faults.map(({ code }) => code)).toContain('unknown-package-database');
  });
});
