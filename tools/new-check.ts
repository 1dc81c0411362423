/** What `npm run new check TOPIC SUBJECT` writes: a topic of checks, registered with its subject, and its test. */

/** Shapes of subjects that images are the origin of; the others are what hosts, engines and registries report. */
const ofImages: ReadonlySet<string> = new Set(['image', 'reference']);

/** Files of a topic by their names in the folder of its subject. */
export function checkFiles(topic: string, value: string, subject: string): Readonly<Record<string, string>> {
  const shape = `${subject.charAt(0).toUpperCase()}${subject.slice(1)}Shape`;
  const face = ofImages.has(subject) ? '#catalog/index.ts' : '#inventory/index.ts';
  return {
    [`${topic}.ts`]: `import { pass } from '../../judgement.ts';
import { ${subject}Check } from './${subject}-check.ts';

/** What ${topic} is about. */
export const ${value}Checks = [
  ${subject}Check({
    id: 'NEW-000',
    title: 'One sentence for what is so when it passes',
    why: 'What may happen when it fails.',
    remedy: {},
    severity: 'medium',
    nist: [],
    version: 1,
    needs: [],
    judge: () => pass,
  }),
];
`,
    [`${topic}.test.ts`]: `import { expect, test } from 'vitest';
import type { ${shape} } from '${face}';
import { evaluate } from '../../evaluate.ts';
import { fieldsOf } from '../table-cases.ts';
import { ${value}Checks } from './${topic}.ts';

test('${topic} fails for what it is about', () => {
  const facts: Partial<${shape}> = {};
  const results = evaluate(${value}Checks, fieldsOf(facts as ${shape}), { now: new Date(), lists: {} });
  expect(results, 'write the check, and facts for which it fails').toMatchObject([{ state: 'fail' }]);
});
`,
  };
}

interface Edit {
  readonly file: string;
  readonly before: RegExp;
  readonly text: string;
}

/** The import and the entry in the list of the subject, both at the end of theirs. */
export function checkEdits(topic: string, value: string, subject: string): readonly Edit[] {
  const file = `src/compliance/checks/${subject}/index.ts`;
  return [
    { file, before: /\n\n\/\*\*/, text: `\nimport { ${value}Checks } from './${topic}.ts';` },
    { file, before: /,?\s*\];\n$/, text: `, ...${value}Checks` },
  ];
}
