/** Tests that fail until a plug-in is written: each asks it with what its tests stand on. */

/** A test that a scaffold makes, by the name of the plug-in and the value that stands for it. */
export type ScaffoldTest = (name: string, value: string) => string;

/** Of plug-ins whose input nobody but their author can make. */
export const plainTest: ScaffoldTest = (name, value) => `import { expect, test } from 'vitest';
import { ${value} } from './index.ts';

test('${name} understands a real input', () => {
  expect(${value}.summary, 'write the plug-in and a test on real input').not.toContain('One sentence');
});
`;

export const detectorTest: ScaffoldTest = (name, value) => `import { expect, test } from 'vitest';
import { execSighting } from '../../testing.ts';
import { objectionOf } from '../testing.ts';
import { ${value} } from './index.ts';

test('${name} objects to what it is about', () => {
  const sighting = execSighting('/bin/sh', '/usr/sbin/nginx', { argv: ['sh', '-c', 'id'] });
  expect(objectionOf(${value}, sighting), 'write the detector, and what it objects to').toMatchObject({ severity: 'high' });
});
`;

export const formatTest: ScaffoldTest = (name, value) => `import { expect, test } from 'vitest';
import { sampleResult } from '../testing.ts';
import { ${value} } from './index.ts';

test('${name} tells verdict, faults and findings', () => {
  const result = sampleResult();
  const text = ${value}.render(result, { colour: false, columns: 80, now: new Date('2026-11-24T12:00:00Z') });
  expect(text).toContain(result.verdict.kind);
  for (const { code } of result.catalog.faults) expect.soft(text).toContain(code);
  for (const { id } of result.findings) expect.soft(text, 'write the format').toContain(id);
});
`;

export const ruleTest: ScaffoldTest = (name, value) => `import { expect, test } from 'vitest';
import { testFacts, verdictBy } from '../../testing.ts';
import { ${value} as face } from './face.ts';

test('${name} is broken by what it is about', async () => {
  const { violations } = await verdictBy(face.beginning, testFacts({ findings: [] }));
  expect(violations, 'write settings, texts and rule, and facts that break it').toMatchObject([{ rule: '${name}' }]);
});
`;

export const settingsRuleTest: ScaffoldTest = (name, value) => `import { expect, test } from 'vitest';
import { ${value} as face } from './face.ts';
import { ${value} } from './index.ts';

test('${name} understands a real input', () => {
  expect(face.about, 'write its settings and texts').not.toContain('one sentence');
  expect(${value}.summary, 'write the rule and a test on real input').not.toContain('One sentence');
});
`;
