import fc from 'fast-check';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import type { Analysis } from '../analyzer.ts';
import { isOfPyPI } from './origin.ts';
import { pypi } from './reader.ts';

const limits = { archiveDepth: 16, unpackedBytes: 2 ** 30, entries: 1_000_000 };
const site = 'usr/local/lib/python3.12/site-packages';

/** Of requests 2.31.0, as pip installs it; fields that nobody reads are left out. */
const requests = `Metadata-Version: 2.1
Name: requests
Version: 2.31.0
Summary: Python HTTP for Humans.
License: Apache 2.0
Classifier: License :: OSI Approved :: Apache Software License
Classifier: Programming Language :: Python
Requires-Python: >=3.7
License-File: LICENSE
Requires-Dist: charset-normalizer (<4,>=2)
Requires-Dist: idna (<4,>=2.5)
Requires-Dist: urllib3 (<3,>=1.21.1)
Requires-Dist: certifi (>=2017.4.17)
Provides-Extra: socks
Requires-Dist: PySocks (!=1.5.7,>=1.5.6) ; extra == 'socks'
Provides-Extra: use_chardet_on_py3
Requires-Dist: chardet (<6,>=3.0.2) ; extra == 'use_chardet_on_py3'

# Requests
Name: a description says nothing of the package
`;

async function analyze(path: string, content: string | Uint8Array): Promise<Analysis> {
  return pypi.analyze({ path, content: typeof content === 'string' ? Buffer.from(content) : content, limits });
}

const metadata = (lines: string): string => `Metadata-Version: 2.4\nName: a\nVersion: 1\n${lines}\n\nText\n`;

describe('installed packages of Python', () => {
  it.each([
    `${site}/requests-2.31.0.dist-info/METADATA`,
    `${site}/requests-2.31.0.dist-info/RECORD`,
    `${site}/requests-2.31.0.dist-info/direct_url.json`,
    `${site}/requests-2.31.0.dist-info/INSTALLER`,
    `${site}/setuptools/_vendor/jaraco.text-3.12.1.dist-info/METADATA`,
    'usr/lib/python3/dist-packages/PyYAML-6.0.egg-info',
    'usr/lib/python3/dist-packages/PyYAML-6.0.egg-info/PKG-INFO',
    'usr/lib/python3.6/site-packages/six-1.11.0-py3.6.egg-info/installed-files.txt',
    'opt/app/eggs/zope.event-4.5.0-py3.8.egg',
    'opt/app/eggs/zope.interface-5.4.0-py3.8-linux-x86_64.egg/EGG-INFO/PKG-INFO',
    'requests-2.31.0.dist-info/METADATA',
  ])('looks at %s', (path) => expect(pypi.wants(path, 1, 0o644)).toBe(true));

  it.each([
    `${site}/requests/METADATA`,
    `${site}/requests-2.31.0.dist-info/licenses/METADATA`,
    `${site}/requests-2.31.0.dist-info/REQUESTED`,
    `${site}/requests-2.31.0.egg-info/direct_url.json`,
    `${site}/~equests-2.31.0.dist-info/METADATA`,
    `${site}/requests-2.31.0.dist-infos/METADATA`,
    'src/PKG-INFO',
    'EGG-INFO/PKG-INFO',
    '.egg',
    'src/egg-info',
    'usr/lib/python3/dist-packages/PyYAML-6.0.egg-info/SOURCES.txt',
  ])('takes %s for no package', (path) => expect(pypi.wants(path, 1, 0o644)).toBe(false));

  it('reads what pip installs', async () => {
    const path = `${site}/requests-2.31.0.dist-info/METADATA`;
    const { packages, faults } = await analyze(path, requests);
    expect(faults).toEqual([]);
    expect(packages).toEqual([
      {
        type: 'pypi',
        name: 'requests',
        version: '2.31.0',
        purl: 'pkg:pypi/requests@2.31.0',
        licenses: ['Apache 2.0'],
        requires: ['charset-normalizer', 'idna', 'urllib3', 'certifi'],
        files: [],
        paths: [path],
        foundBy: { analyzer: 'pypi', evidence: 'METADATA' },
      },
    ]);
  });

  it('shows a name as its package writes it', async () => {
    const { packages } = await analyze('Flask_SQLAlchemy.egg-info', 'name: Flask_SQLAlchemy\r\nversion: 2.5.1\r\n\r\n');
    expect(packages[0]).toMatchObject({ name: 'Flask_SQLAlchemy', purl: 'pkg:pypi/flask-sqlalchemy@2.5.1' });
    expect(packages[0]).not.toHaveProperty('requires');
  });

  it('reads a zipped egg, and takes another file of that ending for none', async () => {
    const zipped = zipSync({ 'EGG-INFO/PKG-INFO': Buffer.from(metadata('')), 'a/__init__.py': Buffer.from('') });
    const { packages } = await analyze('eggs/a-1-py3.8.egg', zipped);
    expect(packages).toMatchObject([{ name: 'a', version: '1', files: ['eggs/a-1-py3.8.egg'] }]);
    expect(await analyze('models/panda.egg', '<CoordinateSystem> { Z-Up }')).toEqual({ packages: [], faults: [] });
    expect(await analyze('a.egg', zipSync({ 'a.txt': Buffer.from('') }))).toEqual({ packages: [], faults: [] });
    const cut = zipped.slice(0, zipped.length - 30);
    expect((await analyze('eggs/a-1-py3.8.egg', cut)).faults[0]?.code).toBe('truncated-archive');
  });

  it.each([
    ['License-Expression: MIT OR Apache-2.0\nLicense: MIT', ['MIT OR Apache-2.0']],
    ['License: BSD-3-Clause', ['BSD-3-Clause']],
    ['License: UNKNOWN\nClassifier: License :: OSI Approved :: MIT License', ['MIT License']],
    ['License: MIT License\n  Permission is hereby granted', ['MIT License']],
    ['License: Copyright (c) me\n  All rights\n  reserved', []],
    ['License: Copyright (c) me\n  reserved\nClassifier: License :: Public Domain', ['Public Domain']],
    ['Classifier: License :: OSI Approved', []],
    [
      'Classifier: License :: OSI Approved :: MIT License\nClassifier: License :: DFSG approved',
      ['MIT License', 'DFSG approved'],
    ],
  ])('reads licences: %j', async (lines, licenses) => {
    expect((await analyze('a.dist-info/METADATA', metadata(lines))).packages[0]?.licenses).toEqual(licenses);
  });

  it.each([
    ['Requires-Dist: a.b[x,y]>=1', ['a.b']],
    ['Requires-Dist: a; python_version < "3"\nRequires-Dist: a (>2)', ['a']],
    ['Requires-Dist: a @ https://example.org/a.whl', ['a']],
    ['Requires-Dist: a ; "x" == extra', []],
    ['Requires-Dist: extra>=1', ['extra']],
    ['Requires-Dist: !', []],
  ])('reads what is required: %j', async (line, requires) => {
    expect((await analyze('a.dist-info/METADATA', metadata(line))).packages[0]?.requires).toEqual(requires);
  });

  it.each([
    ['', 'names no package'],
    ['Name: a\n\nVersion: 1', 'states no version'],
    ['Version: 1\n', 'names no package'],
    ['Name:\nVersion: 1\n', 'names no package'],
    ['\u0000\u0001', 'names no package'],
  ])('tells of damaged metadata: %j', async (text, why) => {
    const { packages, faults } = await analyze('a.dist-info/METADATA', text);
    expect(packages).toEqual([]);
    expect(faults).toMatchObject([{ code: 'corrupt-package', message: expect.stringContaining(why) }]);
  });
});

describe('files of installed packages', () => {
  it('are those of RECORD, below the folder of the package', async () => {
    const record = [
      '../../../bin/pip3,sha256=-SaGOriMww_DiDxz7Ktyl8vpc8357KxMvtPbIV0ZK4o,248',
      'pip-23.2.1.dist-info/RECORD,,',
      'pip/__init__.py,sha256=hELWH3UN2ilBntczbn1BJOIzJEoiE8w9H-gsR5TeuEk,357\r',
      'pip/__pycache__/__init__.cpython-312.pyc,,',
      '"pip/a ""b"", c.py",,',
      '/etc/pip.conf,,',
      '../../../../../../../out,,',
      '',
    ].join('\n');
    const { owns, packages } = await analyze(`${site}/pip-23.2.1.dist-info/RECORD`, record);
    expect(packages).toEqual([]);
    expect(owns).toEqual({
      evidence: `${site}/pip-23.2.1.dist-info/METADATA`,
      files: [
        'usr/local/bin/pip3',
        `${site}/pip-23.2.1.dist-info/RECORD`,
        `${site}/pip/__init__.py`,
        `${site}/pip/a "b", c.py`,
        'etc/pip.conf',
      ],
    });
  });

  it('are those of installed-files.txt, below its own folder', async () => {
    const { owns } = await analyze('site/six-1.11.0.egg-info/installed-files.txt', '../six.py\nPKG-INFO\n');
    expect(owns).toEqual({
      evidence: 'site/six-1.11.0.egg-info/PKG-INFO',
      files: ['site/six.py', 'site/six-1.11.0.egg-info/PKG-INFO'],
    });
  });
});

describe('where a package came from', () => {
  // As pip, uv, Conda and Poetry write it.
  it.each([
    ['direct_url.json', '{"dir_info": {"editable": true}, "url": "file:///work/app"}', 'from a folder'],
    ['direct_url.json', '{"url": "file:///app", "dir_info": {}}', 'from a folder'],
    [
      'direct_url.json',
      '{"url": "https://github.com/pypa/pip.git", "vcs_info": {"commit_id": "7921be1537eac1e97bc40179a57f0349c2aee67d", "vcs": "git"}, "subdirectory": "src"}',
      'from a repository',
    ],
    ['direct_url.json', '{"archive_info": {"hash": "sha256=55392aa1"}, "url": "file:///wheels/a-1.whl"}', undefined],
    ['direct_url.json', '{"url": "https://example.org/a.zip"}', undefined],
    ['INSTALLER', 'conda\n', 'by conda'],
    ['INSTALLER', 'pip\n', undefined],
    ['INSTALLER', '', undefined],
  ])('%s %s: %s', async (file, text, words) => {
    const { packages, faults, origin } = await analyze(`${site}/a-1.dist-info/${file}`, text);
    expect([packages, faults]).toEqual([[], []]);
    const evidence = `${site}/a-1.dist-info/METADATA`;
    expect(origin).toEqual(words === undefined ? undefined : { evidence, words });
  });

  it.each([['{"url": '], ['[]'], [''], ['['.repeat(5000)]])('is not told by %.20s', async (text) => {
    const { faults, origin } = await analyze(`${site}/a-1.dist-info/direct_url.json`, text);
    expect(faults).toMatchObject([{ code: 'corrupt-package' }]);
    expect(origin).toBeUndefined();
  });

  it.each([
    ['METADATA', true],
    ['METADATA, lock file', true],
    ['METADATA, from a folder', false],
    ['METADATA, from a repository', false],
    ['METADATA, from a folder, by conda', true],
    ['METADATA, by conda, from a folder', true],
    ['METADATA, by conda', true],
  ])('%s: PyPI speaks of it: %s', (evidence, expected) => {
    expect(isOfPyPI({ foundBy: { analyzer: 'pypi', evidence } })).toBe(expected);
  });
});

it('never fails on damaged files', async () => {
  const texts = [requests, '{"url": "file:///a", "dir_info": {}}', 'a/b.py,sha256=x,1\n"c, d.py",,\n'];
  const paths = [
    'a-1.dist-info/METADATA',
    'a-1.dist-info/RECORD',
    'a-1.dist-info/direct_url.json',
    'a-1.egg-info',
    'a.egg',
    'a.egg-info/installed-files.txt',
  ];
  const damaged = fc
    .tuple(fc.constantFrom(...texts), fc.nat(900), fc.nat(40), fc.string({ maxLength: 20 }))
    .map(([text, at, cut, put]) => text.slice(0, at) + put + text.slice(at + cut));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths), damaged, async (path, text) => {
      const { packages, faults } = await analyze(path, text);
      for (const one of packages) expect(one.name).not.toBe('');
      expect(packages.length + faults.length).toBeLessThanOrEqual(1);
    }),
    { numRuns: 300 },
  );
});
