import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { admissionFields, AdmissionRuleText, listAdmissionRules, newAdmissionRule } from '#admission/contract.ts';
import {
  complianceFields,
  ComplianceRuleText,
  listComplianceRules,
  newComplianceRule,
  settingsFaces,
} from '#compliance/contract.ts';
import type { DiffId } from '#base/index.ts';
import { call } from '#http/index.ts';
import { listPolicies, ruleFaces } from '#policy/contract.ts';
import { putApprovedBase, putSigningKey } from '#provenance/contract.ts';
import { listRuntimeRules, newRuntimeRule, runtimeFields, RuntimeRuleText } from '#runtime/contract.ts';
import { shapeOf } from '../../web/src/ui/field-shape.ts';
import { atRest, type Browser, follow, openBrowser, violationsOf } from './browser.ts';
import { makeStateFolder, newToken, type RealConsole, startConsole } from './real-console.ts';
import { editForm, readForm } from './rule-fields.ts';

const state = makeStateFolder();
let seawall: RealConsole;
let browser: Browser;
let administrator: { readonly baseUrl: string; readonly token: string };

beforeAll(async () => {
  [seawall, browser] = await Promise.all([startConsole({ state: state.folder }), openBrowser()]);
  administrator = { baseUrl: seawall.origin, token: await newToken(state.folder, 'automat', 'administrator') };
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  await call(putSigningKey, { params: { id: 'release' }, body: { name: 'Release', pem } }, administrator);
  const diffIds = [`sha256:${'a'.repeat(64)}` as DiffId];
  const base = { name: 'Alpine', from: { kind: 'layers', diffIds } } as const;
  await call(putApprovedBase, { params: { id: 'alpine' }, body: base }, administrator);
  await browser.page.goto(seawall.link);
  await browser.page.getByRole('button', { name: 'Sign out' }).waitFor();
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await seawall?.end('SIGTERM');
  state.remove();
});

/** A form that nobody saved yet, as a link leads there. */
async function begin(address: string): Promise<void> {
  await follow(browser.page, address);
}

/** As its address does in an empty window, which knows only what was saved. */
async function open(address: string): Promise<void> {
  await browser.page.goto(seawall.origin + address);
  await atRest(browser.page);
}

const button = (name: string) => browser.page.getByRole('button', { name, exact: true });

describe.each(ruleFaces.map((face) => ({ kind: face.beginning.kind, face })))(
  'the policy rule $kind',
  ({ kind, face }) => {
    const shape = shapeOf(face.setting);
    const form = () => ({ place: browser.page.locator('.rule-card'), shape, texts: face.fields });

    test('opens as it begins; every field is edited, saved and read back', { timeout: 240_000 }, async () => {
      const { page } = browser;
      await begin('/rules/new');
      while ((await page.getByRole('button', { name: /^Remove rule: / }).count()) > 0)
        await page
          .getByRole('button', { name: /^Remove rule: / })
          .first()
          .click();
      await button('Add a rule').click();
      await page.getByRole('menuitem', { name: new RegExp(`^${face.name} `) }).click();
      const unset = Object.entries(face.fields).flatMap(([name, text]) => (text.unset ? [[name, text.unset]] : []));
      expect({ kind, ...(await readForm(form())) }).toEqual({ ...Object.fromEntries(unset), ...face.beginning });
      expect(await violationsOf(page)).toEqual([]);
      await editForm(form());
      const edited = await readForm(form());
      for (const name of Object.keys(face.fields))
        expect.soft(edited[name], name).not.toEqual(face.beginning[name as 'kind']);
      expect(await page.locator('.rule-card [aria-invalid="true"], .rule-card .problem').count()).toBe(0);
      await page.getByLabel('Name', { exact: true }).fill(`Only ${kind}`);
      await button('Save').and(page.locator(':enabled')).click();
      await page.waitForURL(new RegExp(`/rules/only-${kind}$`));
      const { policies } = await call(listPolicies, {}, administrator);
      expect(policies.find(({ policy }) => policy.id === `only-${kind}`)?.policy.rules).toEqual([{ kind, ...edited }]);
      await open(`/rules/only-${kind}`);
      expect(await readForm(form())).toEqual(edited);
    });
  },
);

test('what the schema refuses stands at the field, tied to it', async () => {
  const { page } = browser;
  await begin('/rules/new');
  const days = page.locator('.rule-card', { hasText: 'Stale feed' }).getByLabel('Older than', { exact: true });
  await days.fill('0');
  expect(await days.getAttribute('aria-invalid')).toBe('true');
  const ids = ((await days.getAttribute('aria-describedby')) ?? '').split(' ');
  expect(await page.locator(`[id="${ids[0]}"]`).innerText()).toBe('days');
  expect(await page.locator(`[id="${ids[1]}"]`).innerText()).toContain('1');
  expect(await button('Save').isDisabled()).toBe(true);
  await days.fill('3');
  expect(await days.getAttribute('aria-invalid')).toBe('false');
});

test('an admission rule: every field is edited, saved and read back, and settings are a link away', async () => {
  const { page } = browser;
  const form = { place: page.getByLabel('New rule'), shape: shapeOf(AdmissionRuleText), texts: admissionFields };
  // The form before this one holds changes, which hold back who leaves it.
  await open('/admission-rules?rule=new');
  const { name: _, state: __, ...beginning } = newAdmissionRule;
  expect(await readForm(form)).toEqual(beginning);
  await editForm(form);
  const edited = await readForm(form);
  for (const [field, value] of Object.entries(beginning)) expect.soft(edited[field], field).not.toEqual(value);
  expect(await form.place.getByRole('link', { name: 'compliance rules' }).getAttribute('href')).toBe(
    '/compliance-rules',
  );
  await form.place.getByLabel('Name', { exact: true }).fill('Every field');
  await button('Save').click();
  await form.place.waitFor({ state: 'detached' });
  const saved = (await call(listAdmissionRules, {}, administrator)).rules.find(({ rule }) => rule.id === 'every-field');
  expect(saved?.rule).toMatchObject(edited);
  await open('/admission-rules?rule=every-field');
  expect(await readForm({ ...form, place: page.getByLabel('Rule Every field') })).toEqual(edited);
}, 240_000);

test('a compliance rule: every rule over settings is edited, saved and read back', async () => {
  const { page } = browser;
  const { lines: _, settings, ...texts } = complianceFields;
  const form = { place: page.getByLabel('New rule'), shape: shapeOf(ComplianceRuleText), texts };
  await begin('/compliance-rules?rule=new');
  expect([newComplianceRule.settings, settings.control]).toEqual([[], 'settings-rules']);
  const { agentAway, notAssessed, running } = newComplianceRule;
  expect(await readForm(form)).toEqual({ agentAway, notAssessed, running });
  await editForm(form);
  const edited = await readForm(form);
  const rules: unknown[] = [];
  for (const face of settingsFaces) {
    const own = { place: form.place, shape: shapeOf(face.setting), texts: face.fields };
    await form.place.getByLabel(face.name, { exact: true }).selectOption('alert');
    const { kind } = face.beginning;
    expect({ kind, ...(await readForm(own)) }).toEqual({ ...face.beginning, effect: 'alert' });
    await editForm(own);
    rules.push({ kind, ...(await readForm(own)) });
  }
  expect(await violationsOf(page)).toEqual([]);
  await form.place.getByLabel('Name', { exact: true }).fill('Every setting');
  await button('Save').and(page.locator(':enabled')).click();
  await form.place.waitFor({ state: 'detached' });
  const { rules: all } = await call(listComplianceRules, {}, administrator);
  expect(all.find(({ rule }) => rule.id === 'every-setting')?.rule).toMatchObject({ ...edited, settings: rules });
  await open('/compliance-rules?rule=every-setting');
  expect(await readForm({ ...form, place: page.getByLabel('Rule Every setting') })).toEqual(edited);
}, 240_000);

test('a runtime rule: every field is edited, saved and read back', async () => {
  const { page } = browser;
  const form = { place: page.getByLabel('New rule'), shape: shapeOf(RuntimeRuleText), texts: runtimeFields };
  await begin('/runtime-rules?rule=new');
  const { name: _, state: __, ...beginning } = newRuntimeRule;
  expect(await readForm(form)).toEqual(beginning);
  await editForm(form);
  const edited = await readForm(form);
  expect(edited).toMatchObject({ neverLearn: ['tide', 'surge'], evidenceFrom: ['tide', 'surge'] });
  for (const [field, value] of Object.entries(beginning)) expect.soft(edited[field], field).not.toEqual(value);
  expect(await violationsOf(page)).toEqual([]);
  await form.place.getByLabel('Name', { exact: true }).fill('Every field');
  await button('Save').click();
  await form.place.waitFor({ state: 'detached' });
  const saved = (await call(listRuntimeRules, {}, administrator)).rules.find(({ rule }) => rule.id === 'every-field');
  expect(saved?.rule).toMatchObject(edited);
  await open('/runtime-rules?rule=every-field');
  expect(await readForm({ ...form, place: page.getByLabel('Rule Every field') })).toEqual(edited);
}, 240_000);
