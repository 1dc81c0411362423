/** What `npm run new ecosystem NAME` is told besides the name. */
export const ecosystemKinds = ['system', 'language'] as const;
export type EcosystemKind = (typeof ecosystemKinds)[number];

/** Files of a new ecosystem, by their names in its folder. They compile, and their tests fail until they are written. */
export function ecosystemFiles(name: string, value: string, kind: EcosystemKind): Readonly<Record<string, string>> {
  return {
    'face.ts': kind === 'system' ? systemFace(name, value) : languageFace(name, value),
    'changes.ts': changesFile(name, value),
    'reader.ts': readerFile(name, value, kind),
    'reader.test.ts': testFile(name, value, 'reader'),
    'scheme.ts': schemeFile(name, value),
    'scheme.test.ts': testFile(name, value, 'scheme'),
    'index.ts': kind === 'system' ? systemIndex(value) : languageIndex(value),
    ...(kind === 'system' ? { 'distribution.ts': distributionFile() } : {}),
  };
}

function systemFace(name: string, value: string): string {
  return `import type { Face } from '../face.ts';

/** To-be-written: what ${name} is, and the page that specifies its names. */
export const ${value}: Face<'system'> = {
  id: '${name}',
  kind: 'system',
  label: '${name} package',
  splitName: (name) => ({ own: name }),
  purl: ({ name, version, architecture }, vendor) => ({
    namespace: vendor,
    name,
    version,
    qualifiers: { arch: architecture },
  }),
  nameOf: (_, name) => name,
};
`;
}

function languageFace(name: string, value: string): string {
  return `import type { Face } from '../face.ts';

/** To-be-written: what ${name} is, and the page that specifies its names. */
export const ${value}: Face<'language'> = {
  id: '${name}',
  kind: 'language',
  label: '${name} package',
  splitName: (name) => ({ own: name }),
  purl: ({ name, version }) => ({ name, version }),
  nameOf: (_, name) => name,
};
`;
}

function changesFile(name: string, value: string): string {
  return `import { changeByCommand, type Changes } from '../changes.ts';
import { quoted } from '../face.ts';

export const ${value}: Changes = {
  id: '${name}',
  change: ({ name, installed, to }) =>
    changeByCommand({ before: \`\${name} \${installed}\`, after: \`\${name} \${to}\` }, \`TO-BE-WRITTEN \${quoted(name)}\`),
};
`;
}

function readerFile(name: string, value: string, kind: EcosystemKind): string {
  const places =
    kind === 'system'
      ? "places: [{ place: 'to-be-written', probe: '/database' }],\n  wants: (path) => path === 'to-be-written/database',"
      : "places: [],\n  below: ['/to-be-written.json'],\n  wants: (path) => path.endsWith('/to-be-written.json'),";
  return `import { type Analysis, type AnalyzedFile, type Analyzer } from '../analyzer.ts';
import { packageCollector, textOf } from '../package-collector.ts';

/** To-be-written: where its evidence lies, and the page that specifies it. */
export const ${value}: Analyzer = {
  id: '${name}',
  version: 1,
  summary: 'To-be-written: one sentence for \`seawall list\`',
  ${places}
  analyze,
};

function analyze(file: AnalyzedFile): Analysis {
  const collector = packageCollector('${name}', file.path);
  const text = textOf(file.content);
  if (text !== '') collector.fault('corrupt-package-database', 'The package database is not read yet.');
  return collector.analysis();
}
`;
}

function schemeFile(name: string, value: string): string {
  return `import type { VersionScheme } from '../scheme.ts';

/** To-be-written: how its versions are ordered, and the page that specifies it. */
export const ${value}: VersionScheme = {
  id: '${name}',
  version: 1,
  summary: 'To-be-written: one sentence for \`seawall list\`',
  compare: (left, right) => (left === right ? 0 : undefined),
};
`;
}

function systemIndex(value: string): string {
  return `import type { SystemEcosystem } from '../ecosystem.ts';
import { distribution } from './distribution.ts';
import { ${value} as face } from './face.ts';
import { ${value} as reader } from './reader.ts';
import { ${value} as scheme } from './scheme.ts';

export const ${value}: SystemEcosystem = {
  face,
  readers: [reader],
  owns: 'listed',
  scheme,
  distributions: [distribution],
};
`;
}

function languageIndex(value: string): string {
  return `import type { LanguageEcosystem } from '../ecosystem.ts';
import { ${value} as face } from './face.ts';
import { ${value} as reader } from './reader.ts';
import { ${value} as scheme } from './scheme.ts';

/** To-be-written: who publishes its advisories, or that nobody does. */
export const ${value}: LanguageEcosystem = {
  face,
  readers: [reader],
  owns: 'folder',
  scheme,
  advisories: 'none',
};
`;
}

function distributionFile(): string {
  return `import type { DistributionRule } from '../ecosystem.ts';

/** To-be-written: name this file and its value by the distribution; one without feeds is like this one. */
export const distribution: DistributionRule = {
  ids: { 'to-be-written': 'to-be-written' },
  label: 'To-be-written',
  ecosystems: () => [],
  lookups: () => [],
  feeds: [],
  endOfLife: {},
};
`;
}

function testFile(name: string, value: string, part: 'reader' | 'scheme'): string {
  const real = part === 'reader' ? 'a real input' : 'versions as its own tool orders them';
  return `import { expect, test } from 'vitest';
import { ${value} } from './${part}.ts';

test('${name} understands ${real}', () => {
  expect(${value}.summary, 'write the ${part} and tests on ${real}').not.toContain('To-be-written');
});
`;
}
