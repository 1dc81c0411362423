import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What `npm run new check TOPIC SUBJECT` writes: a topic of checks, registered with its subject, and its test. */

/** Shapes of subjects that images are the origin of; the others are what hosts, engines and registries report. */
const ofImages: ReadonlySet<string> = new Set(['image', 'reference']);

/** Letters before the numbers of a subject's checks. */
const letters: Readonly<Record<string, string>> = {
  container: 'CTR',
  engine: 'DMN',
  host: 'HST',
  image: 'IMG',
  network: 'CTR',
  reference: 'IMG',
  registry: 'REG',
  service: 'SWM',
};

/** The next number of a subject that no check has, whatever the subject of those is. */
export function freeId(subject: string): string {
  const own = letters[subject] ?? 'NEW';
  const folder = join(import.meta.dirname, '../src/compliance/checks');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const numbers = files.flatMap((file) =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(new RegExp(`\\b${own}-(\\d{3})\\b`, 'g'))].map((match) =>
      Number(match[1]),
    ),
  );
  return `${own}-${String(Math.max(0, ...numbers) + 1).padStart(3, '0')}`;
}

interface Topic {
  /** Its name in code. */
  readonly value: string;
  readonly subject: string;
  readonly id: string;
}

/** Files of a topic by their names in the folder of its subject. */
export function checkFiles(topic: string, { value, subject, id }: Topic): Readonly<Record<string, string>> {
  const shape = `${subject.charAt(0).toUpperCase()}${subject.slice(1)}Shape`;
  const face = ofImages.has(subject) ? '#catalog/index.ts' : '#inventory/index.ts';
  return {
    [`${topic}.ts`]: `import { pass } from '../../judgement.ts';
import { ${subject}Check } from './${subject}-check.ts';

/** What ${topic} is about. */
export const ${value}Checks = [
  ${subject}Check({
    id: '${id}',
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
  expect(results, 'write the check, and every fact that it needs, so that it fails').toMatchObject([{ state: 'fail' }]);
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
