import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { chosenTemplate } from './template-choice.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-template-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const text = `id: own-shop
title: Our shop
summary: What we ask
controls:
  - {id: S-1, title: Not privileged, text: None is., checks: [CTR-001]}
`;

function fileWith(content: string): string {
  const file = join(folder, 'template.yaml');
  writeFileSync(file, content);
  return file;
}

const choose = async (template: string | undefined) => await chosenTemplate({ options: { template }, env: {} });
const asks = async (template: string, id: string): Promise<boolean> =>
  ((await choose(template))?.sectionsOf({ id, nist: [], cis: [] }) ?? []).length > 0;

describe('the template that a command names', () => {
  test.each([
    [undefined, undefined],
    ['nist-800-190', 'NIST SP 800-190'],
    ['cis-docker', 'CIS Docker 1.6'],
    ['pci-dss-4', 'PCI DSS 4.0.1 (starting point, not reviewed)'],
    ['hipaa', 'HIPAA Security Rule (starting point, not reviewed)'],
  ])('%s is %s', async (id, title) => expect((await choose(id))?.title).toBe(title));

  test('PCI DSS asks for the checks of its questions, and for no other', async () => {
    expect(await asks('pci-dss-4', 'HST-054')).toBe(true);
    expect(await asks('pci-dss-4', 'HST-042')).toBe(false);
  });

  test('a file is read here', async () => {
    const file = fileWith(text);
    expect((await choose(file))?.title).toBe('Our shop');
    expect([await asks(file, 'CTR-001'), await asks(file, 'CTR-002')]).toEqual([true, false]);
  });

  test.each([
    ['none', 'usage', 'There is no template none.'],
    ['./none.yaml', 'file-unreadable', './none.yaml cannot be read'],
  ])('%s is refused', async (id, code, message) => {
    await expect(choose(id)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  test('a file that is wrong is refused with its line', async () => {
    const file = fileWith(text.replace('CTR-001', 'CTR-999'));
    await expect(choose(file)).rejects.toMatchObject({
      code: 'usage',
      message: `${file}:5: controls[0].checks[0]: there is no check CTR-999: seawall list checks names them`,
    });
    await expect(choose(fileWith('x'.repeat(1_000_001)))).rejects.toThrow('is longer than any template');
    await expect(choose('/dev/zero')).rejects.toThrow('is longer than any template');
  });
});
