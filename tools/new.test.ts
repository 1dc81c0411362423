import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const kinds = [
  {
    kind: 'ecosystem',
    name: 'alpm-db',
    folder: 'src/ecosystems',
    value: 'alpmDb',
    variant: 'system',
    faces: 'src/ecosystems/contract.ts',
  },
  {
    kind: 'ecosystem',
    name: 'opam',
    folder: 'src/ecosystems',
    value: 'opam',
    variant: 'language',
    faces: 'src/ecosystems/contract.ts',
  },
  { kind: 'feed', name: 'harbour-notices', folder: 'src/vulnerability/feeds', value: 'harbourNotices' },
  { kind: 'format', name: 'slack-text', folder: 'src/apps/cli/formats', value: 'slackText' },
  {
    kind: 'rule',
    name: 'image-age',
    folder: 'src/policy/rules',
    value: 'imageAge',
    faces: 'src/policy/contract-rules.ts',
  },
  {
    kind: 'settings-rule',
    name: 'no-limits',
    folder: 'src/compliance/settings/rules',
    value: 'noLimits',
    faces: 'src/compliance/contract-settings.ts',
  },
  { kind: 'source', name: 'podman-store', folder: 'src/image/sources', value: 'podmanStore' },
  { kind: 'detector', name: 'late-shell', folder: 'src/runtime/detectors', value: 'lateShell' },
];

const page = 'web/src/pages/inventory/tide-table';
const subjects = ['container', 'engine', 'host', 'image', 'network', 'reference', 'registry', 'service'];
const checks = subjects.map((subject) => `src/compliance/checks/${subject}/late-start`);

describe('npm run new', () => {
  const copy = mkdtempSync(join(tmpdir(), 'seawall-new-'));
  const run = (program: string, ...words: readonly string[]) =>
    spawnSync(join(root, 'node_modules/.bin', program), words, { cwd: copy, encoding: 'utf8' });

  beforeAll(() => {
    const parts = [
      'src',
      'test',
      'tools',
      'web',
      'package.json',
      'tsconfig.json',
      'biome.json',
      '.oxlintrc.json',
      'vitest.config.ts',
    ];
    for (const part of parts) cpSync(join(root, part), join(copy, part), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  test('makes a page with a route', () => {
    expect(run('node', 'tools/new.ts', 'page', 'tide-table', 'inventory')).toMatchObject({ status: 0, stderr: '' });
    const router = readFileSync(join(copy, 'web/src/router.tsx'), 'utf8');
    expect(router).toMatch(/path: '\/tide-table',\n {2}component: page\(\(\) => import\(/);
    expect(router).toMatch(/inside\.addChildren\(\[[^\]]*\btideTable,\s*\]\)/);
    expect(run('node', 'tools/new.ts', 'page', 'tide-table', 'inventory')).toMatchObject({ status: 2 });
  }, 300_000);

  test.each(subjects)('makes a topic of checks, registered with its subject: %s', (subject) => {
    expect(run('node', 'tools/new.ts', 'check', 'late-start', subject)).toMatchObject({ status: 0, stderr: '' });
    const list = readFileSync(join(copy, `src/compliance/checks/${subject}/index.ts`), 'utf8');
    expect(list).toContain("import { lateStartChecks } from './late-start.ts';\n\n/**");
    expect(list).toMatch(/\[[^\]]*\.\.\.lateStartChecks,?\s*\];\n$/);
    const topic = readFileSync(join(copy, `src/compliance/checks/${subject}/late-start.ts`), 'utf8');
    const [, id = ''] = /id: '((?:CTR|DMN|HST|IMG|REG|SWM)-\d{3})'/.exec(topic) ?? [];
    const holders = spawnSync('grep', ['-rlF', `'${id}'`, 'src/compliance'], { cwd: copy, encoding: 'utf8' });
    expect(holders.stdout).toBe(`src/compliance/checks/${subject}/late-start.ts\n`);
    expect(run('node', 'tools/new.ts', 'check', 'late-start', subject)).toMatchObject({ status: 2 });
  });

  test.each(kinds)('makes a registered $kind $variant', ({ kind, name, folder, value, variant = '', faces }) => {
    expect(run('node', 'tools/new.ts', kind, name, variant)).toMatchObject({ status: 0, stderr: '' });
    const list = readFileSync(join(copy, folder, 'index.ts'), 'utf8');
    expect(list).toContain(`import { ${value} } from './${name}/index.ts';`);
    expect(list).toMatch(new RegExp(`\\[[^\\]]*\\b${value}\\b[^\\]]*\\]`));
    if (faces !== undefined)
      expect(readFileSync(join(copy, faces), 'utf8')).toMatch(new RegExp(`\\[[^\\]]*\\b${value}\\b[^\\]]*\\]`));
    expect(run('node', 'tools/new.ts', kind, name, variant)).toMatchObject({ status: 2 });
  });

  test('names a format in the help of scan', () => {
    const help = readFileSync(join(copy, 'src/apps/cli/commands/index.ts'), 'utf8');
    expect(help).toMatch(/summary:\s+'[^']*, slack-text \(table\); /);
  });

  test('what it makes passes format, lint and types', () => {
    const faces = kinds.flatMap((kind) => kind.faces ?? []);
    const folders = [
      ...kinds.map(({ folder }) => folder),
      ...faces,
      'src/compliance',
      'web/src/pages/inventory',
      'web/src/router.tsx',
    ];
    for (const step of [
      run('biome', 'format', ...folders),
      run('oxlint', '--deny-warnings', ...folders),
      run('tsc', '--noEmit', '-p', '.'),
      run('tsc', '--noEmit', '-p', 'web'),
    ])
      expect.soft(step.status, step.stdout + step.stderr).toBe(0);
  }, 300_000);

  test('its test fails until it is written', () => {
    const { status, stdout } = run(
      'vitest',
      'run',
      ...kinds.map(({ folder, name }) => `${folder}/${name}/`),
      page,
      ...checks,
    );
    expect(status).toBe(1);
    expect(stdout).toContain('0 passed, 19 failed');
  }, 300_000);

  test.each([
    ['no kind', ['pastry', 'x']],
    ['no name', ['ecosystem']],
    ['an ecosystem of no kind', ['ecosystem', 'x']],
    ['a page of no domain', ['page', 'x', 'nowhere']],
    ['a check of no subject', ['check', 'x', 'harbour']],
    ['a check of what subjects share', ['check', 'x', 'days.ts']],
    ['a name out of the folder', ['ecosystem', '../x']],
    ['a word that every object has', ['constructor', 'x']],
  ])('refuses %s', (_, words) => {
    expect(run('node', 'tools/new.ts', ...words)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('usage: npm run new'),
    });
  });
});
