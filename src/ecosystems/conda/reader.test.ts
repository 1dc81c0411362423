import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conda } from './reader.ts';

const limits = { archiveDepth: 16, unpackedBytes: 2 ** 30, entries: 1_000_000 };
const path = 'opt/conda/envs/lab/conda-meta/jupyterlab-3.1.12-py39hf3db000_1.json';

/** Test data of osv-scalibr (GitHub: google/osv-scalibr), with the files that conda adds. */
const jupyterlab = `{
  "name": "jupyterlab",
  "version": "3.1.12",
  "build_string": "py39hf3db000",
  "build_number": 1,
  "channel": "https://repo.anaconda.com/pkgs/main",
  "subdir": "linux-64",
  "depends": ["__glibc >=2.17", "jupyterlab_server >=2.3.0,<3.0a0", "nbclassic >=0.2.8", "python >=3.9,<3.10.0a0"],
  "files": [
    "bin/jupyter-lab",
    "lib/python3.9/site-packages/jupyterlab/__init__.py",
    "lib/python3.9/site-packages/jupyterlab/__pycache__/__init__.cpython-39.pyc"
  ],
  "license": "BSD-3-Clause",
  "size": 38124560
}
`;

async function analyze(text: string) {
  return conda.analyze({ path, content: Buffer.from(text), limits });
}

describe('packages of Conda', () => {
  it.each([path, 'opt/conda/conda-meta/pip-24.0-py312_0.json', 'conda-meta/a.json'])('are looked for: %s', (one) =>
    expect(conda.wants(one, 1, 0o644)).toBe(true),
  );

  it.each([
    'opt/conda/conda-meta/history',
    'conda-meta/a/b.json',
    'my-conda-meta/a.json',
    'opt/conda/pkgs/a/info/index.json',
  ])('are none: %s', (one) => expect(conda.wants(one, 1, 0o644)).toBe(false));

  it('are what their record says', async () => {
    expect(await analyze(jupyterlab)).toEqual({
      faults: [],
      packages: [
        {
          type: 'conda',
          name: 'jupyterlab',
          version: '3.1.12',
          purl: 'pkg:conda/jupyterlab@3.1.12',
          licenses: ['BSD-3-Clause'],
          requires: ['jupyterlab_server', 'nbclassic', 'python'],
          paths: [path],
          files: [
            'opt/conda/envs/lab/bin/jupyter-lab',
            'opt/conda/envs/lab/lib/python3.9/site-packages/jupyterlab/__init__.py',
          ],
          foundBy: { analyzer: 'conda', evidence: 'conda-meta' },
        },
      ],
    });
  });

  it.each([
    [jupyterlab.slice(0, 200), 'it is not valid JSON'],
    ['', 'it is not valid JSON'],
    ['[]', 'it names no package'],
    ['{"name": "a"}', 'it names no package'],
    ['{"name": 1, "version": "1"}', 'it names no package'],
  ])('that are damaged are told of: %.20j', async (text, why) => {
    const { packages, faults } = await analyze(text);
    expect(packages).toEqual([]);
    expect(faults).toMatchObject([{ code: 'corrupt-package', message: expect.stringContaining(why) }]);
  });

  it('never fail a scan', async () => {
    const damage = fc.record({ at: fc.nat(700), cut: fc.nat(30), put: fc.string({ maxLength: 5 }) });
    await fc.assert(
      fc.asyncProperty(damage, async ({ at, cut, put }) => {
        const { packages, faults } = await analyze(jupyterlab.slice(0, at) + put + jupyterlab.slice(at + cut));
        expect(packages.length + faults.length).toBe(1);
      }),
      { numRuns: 200 },
    );
  });
});
