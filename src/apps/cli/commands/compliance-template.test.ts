import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { chosenTemplate } from '../compliance/template-choice.ts';
import { recordingTerminal } from '../testing.ts';
import { complianceTemplateCommand } from './compliance-template.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-template-'));
const file = join(folder, 'payments.yaml');
writeFileSync(
  file,
  'id: own-payments\ntitle: Payments\nsummary: Of payments\ncontrols:\n  - id: H-1\n    title: No root\n    text: Nobody is root.\n    checks: [CTR-001]\n',
);
afterAll(() => rmSync(folder, { recursive: true }));

test.each(complianceTemplateCommand.commands ?? [])(
  'compliance template $name asks for a named console',
  async (one) => {
    const { run } = await one.load();
    const words = one.name === 'save' ? [file] : ['own-payments'];
    const asked = run({ arguments: words, options: {}, terminal: recordingTerminal(), env: {}, program: [] });
    await expect(asked).rejects.toMatchObject({ code: 'usage', message: 'No console is named.' });
  },
);

test('so does the choice of a template that was written at one', async () => {
  const asked = chosenTemplate({ options: { template: 'own-payments' }, env: {} });
  await expect(asked).rejects.toMatchObject({ code: 'usage', message: 'No console is named.' });
});
