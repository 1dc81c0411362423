import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listPolicies } from '#policy/contract.ts';
import type { FieldTexts } from '#rules/contract.ts';
import type { Settings, Shape } from '../../web/src/ui/field-shape.ts';
import { atRest, type Browser, openBrowser, violationsOf } from './browser.ts';
import { makeStateFolder, newToken, type RealConsole, startConsole } from './real-console.ts';
import { editForm, readForm } from './rule-fields.ts';
import { repository } from './seawall.ts';

/** What a person writes in the folder that `npm run new rule` made: a setting of each form. */
const face = `import { z } from 'zod';
import { line } from '#http/fields.ts';
import { ruleFace } from '#rules/contract.ts';
import { DoubtEffect } from '../../contract-effect.ts';
import { doubtChoices, effectInWords } from '../../contract-words.ts';

export const tideMark = ruleFace({
  setting: z.object({
    kind: z.literal('tide-mark'),
    effect: DoubtEffect,
    days: z.int().min(1).max(30),
    counted: z.enum(['built', 'pushed']),
    exempt: z.array(line(200)).max(20),
    owners: z.array(line(64)).min(1),
    zones: z.array(z.enum(['north', 'south'])),
    strict: z.boolean(),
    note: line(200).optional(),
    pause: z.object({ days: z.int().min(1), why: line(200) }).optional(),
    steps: z.array(z.object({ name: line(64).min(1), after: z.int().min(0).optional() })).min(1),
  }),
  name: 'Tide mark',
  about: 'images that stood in the water for too long',
  fields: {
    effect: { label: 'Effect', choices: doubtChoices },
    days: { label: 'Longer than', unit: 'days', help: 'Whole days.' },
    counted: { label: 'Counted from', choices: { built: 'its build', pushed: 'its push' } },
    exempt: { label: 'Exempt', help: 'One pattern per line.' },
    owners: { label: 'Owners', form: 'words', missing: 'Name an owner.' },
    zones: { label: 'Zones', choices: { north: 'North', south: 'South' } },
    strict: { label: 'Unknown ones too' },
    note: { label: 'Note', example: 'why' },
    pause: { label: 'Pause', start: { days: 2, why: '' }, fields: { days: { label: 'For' }, why: { label: 'Because' } } },
    steps: {
      label: 'Steps',
      item: 'step',
      start: { name: '' },
      fields: { name: { label: 'Step', missing: 'Name the step.' }, after: { label: 'After' } },
    },
  },
  beginning: {
    kind: 'tide-mark',
    effect: 'alert',
    days: 7,
    counted: 'built',
    exempt: [],
    owners: ['harbour'],
    zones: ['north'],
    strict: false,
    steps: [{ name: 'ebb' }],
  },
  sentence: ({ effect, days }) => \`\${effectInWords(effect)} images in the water for \${days} days\`,
});
`;

interface Known {
  readonly shape: Shape;
  readonly texts: FieldTexts;
  readonly beginning: Settings;
}

const copy = mkdtempSync(join(tmpdir(), 'seawall-new-rule-'));
const state = makeStateFolder();
let seawall: RealConsole;
let browser: Browser;
let rule: Known;

beforeAll(async () => {
  const parts = ['bin', 'src', 'test/architecture.test.ts', 'tools', 'web', 'package.json', 'package-lock.json'];
  for (const part of [...parts, 'tsconfig.json', 'biome.json'])
    cpSync(join(repository, part), join(copy, part), { recursive: true });
  symlinkSync(join(repository, 'node_modules'), join(copy, 'node_modules'));
  run('node', 'tools/new.ts', 'rule', 'tide-mark');
  writeFileSync(join(copy, 'src/policy/rules/tide-mark/face.ts'), face);
  run('tsc', '--noEmit', '-p', 'web');
  run('vite', 'build', '--config', 'web/vite.config.ts', '--logLevel', 'warn');
  rule = JSON.parse(run('node', '--input-type=module', '--eval', print)) as Known;
  const program = join(copy, 'bin/seawall');
  [seawall, browser] = await Promise.all([startConsole({ state: state.folder, program }), openBrowser()]);
  await browser.page.goto(seawall.link);
  await browser.page.getByRole('button', { name: 'Sign out' }).waitFor();
}, 600_000);
afterAll(async () => {
  await browser?.close();
  await seawall?.end('SIGTERM');
  state.remove();
  rmSync(copy, { recursive: true, force: true });
});

const print = `import { faceOfRule } from '#policy/contract.ts';
import { shapeOf } from './web/src/ui/field-shape.ts';
const { setting, fields: texts, beginning } = faceOfRule('tide-mark');
console.log(JSON.stringify({ shape: shapeOf(setting), texts, beginning }));`;

function run(program: string, ...words: readonly string[]): string {
  return execFileSync(join(repository, 'node_modules/.bin', program), words, { cwd: copy, encoding: 'utf8' });
}

test('a rule that was just made has its form, its sentence, its refusals and its place in the API', async () => {
  const { page } = browser;
  const card = page.locator('.rule-card');
  const form = { place: card, ...rule };
  await page.goto(`${seawall.origin}/rules/new`);
  await atRest(page);
  const remove = page.getByRole('button', { name: /^Remove rule: / });
  while ((await remove.count()) > 0) await remove.first().click();
  await page.getByRole('button', { name: 'Add a rule' }).click();
  await page.getByRole('menuitem', { name: /^Tide mark images that stood/ }).click();
  const { kind, ...beginning } = rule.beginning;
  expect(await readForm(form)).toEqual(beginning);
  expect(await card.innerText()).toContain('Alert on images in the water for 7 days');

  await card.getByLabel('Longer than', { exact: true }).fill('31');
  await card.getByLabel('Owners', { exact: true }).fill('');
  await card.getByLabel('Step', { exact: true }).fill('');
  for (const label of ['Longer than', 'Owners', 'Step'])
    expect.soft(await card.getByLabel(label, { exact: true }).getAttribute('aria-invalid'), label).toBe('true');
  expect(await card.locator('.problem').allInnerTexts()).toEqual([
    'The most is 30.',
    'Name an owner.',
    'Name the step.',
  ]);
  expect(await violationsOf(page)).toEqual([]);

  await editForm(form);
  const edited = await readForm(form);
  expect(edited).toMatchObject({ counted: 'pushed', owners: ['tide', 'surge'], strict: true, note: 'tide' });
  expect(edited).toMatchObject({ zones: [], pause: { days: 3, why: 'tide' }, steps: [{ name: 'tide', after: 1 }] });
  await page.getByLabel('Name', { exact: true }).fill('Tide');
  await page.getByRole('button', { name: 'Save' }).and(page.locator(':enabled')).click();
  await page.waitForURL(/\/rules\/tide$/);
  // The contract of this checkout does not know the rule.
  const token = await newToken(state.folder, 'automat', 'auditor');
  const reply = await fetch(`${seawall.origin}${listPolicies.path}`, { headers: { authorization: `Bearer ${token}` } });
  const { policies } = (await reply.json()) as { policies: { policy: { id: string; rules: unknown[] } }[] };
  expect(policies.find(({ policy }) => policy.id === 'tide')?.policy.rules).toEqual([{ kind, ...edited }]);
  expect(run('node', 'src/apps/cli/main.ts', 'list', 'rules')).toContain('tide-mark');
}, 240_000);
