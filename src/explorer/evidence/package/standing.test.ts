import { describe, expect, test } from 'vitest';
import type { Assessment } from '../assessment.ts';
import { sampleAssessment } from '../oscal/sample.testing.ts';
import { csvFiles } from './csv.ts';
import { partAlone } from './part-alone.ts';

const [first] = sampleAssessment.controls;
if (first === undefined) throw new Error('There is no control.');
const reason = 'It is about doors. A visit to the premises would assess this.';
const outside = { ...first, id: '9.2', title: 'Doors', state: 'not-assessed' as const, reason, questions: [] };

const of = (standing: Assessment['template']['standing']): Assessment => ({
  ...sampleAssessment,
  template: { ...sampleAssessment.template, standing },
  controls: [...sampleAssessment.controls, outside],
});

const rowsOf = (text: string): readonly string[] => text.trim().split('\r\n');

describe('who stands behind a template, and what it leaves out', () => {
  test.each([
    ['reviewed', undefined],
    ['starting-point', 'A starting point, not reviewed:'],
    ['own', 'An own template:'],
  ] as const)('the report of one that is %s says %s', (standing, words) => {
    const html = partAlone({ format: 'html', assessment: of(standing) });
    for (const one of ['A starting point, not reviewed:', 'An own template:'])
      expect(html.includes(one)).toBe(one === words);
  });

  test('the report lists what Seawall assesses nothing of, with why, and gives it no page', () => {
    const html = partAlone({ format: 'html', assessment: of('starting-point') });
    expect(html).toContain('<h2>Not assessed by Seawall</h2>');
    expect(html).toContain(`<td>9.2 Doors</td><td>${reason}</td>`);
    expect(html).toContain('Seawall assesses nothing of 1 other, listed below.');
    expect(html).toContain('id="control-4.1.2"');
    expect(html).not.toContain('id="control-9.2"');
    expect(html).not.toContain('href="#control-9.2"');
    expect(partAlone({ format: 'html', assessment: sampleAssessment })).not.toContain('Not assessed by Seawall');
  });

  test('each row of the tables says it, with the mapping to NIST SP 800-53', () => {
    const [head = '', ...rows] = rowsOf(partAlone({ format: 'csv', assessment: of('starting-point') }));
    expect(head).toMatch(/,evidence,sp800-53,standing$/);
    const cells = head.split(',').length;
    for (const row of rows) {
      expect(row).toMatch(/,CM-2,starting-point$/);
      expect(row.replaceAll(/"[^"]*"/g, '').split(',').length).toBe(cells);
    }
    expect(rows.at(-1)).toBe(
      `9.2,not-assessed,,not-assessed,,,Doors,not-assessed,,,${reason},,,,,,,,CM-2,starting-point`,
    );
    const [controls] = csvFiles(of('own'), () => []);
    const [controlsHead = '', ...controlRows] = rowsOf([...(controls?.pieces() ?? [])].join(''));
    expect(controlsHead).toMatch(/,sp800-53,standing$/);
    expect(controlRows.at(-1)).toMatch(/^9\.2,Doors,not-assessed,.*,CM-2,own$/);
  });
});
