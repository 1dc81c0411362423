/** Files of a new ecosystem, by their names in its folder. They compile, and their test says what to write. */
export function ecosystemFiles(name: string, value: string): Readonly<Record<string, string>> {
  return {
    'face.ts': faceFile(name, value),
    'reader.ts': readerFile(name, value),
    'scheme.ts': schemeFile(name, value),
    'index.ts': indexFile(value),
    'index.test.ts': testFile(name, value),
  };
}

function faceFile(name: string, value: string): string {
  return `import { changeByCommand, type Face, quoted } from '../face.ts';

/** What ${name} is, and the page that specifies its names. */
export const ${value}: Face = {
  id: '${name}',
  kind: 'language',
  label: '${name} package',
  splitName: (name) => ({ own: name }),
  purl: ({ name, version }) => ({ name, version }),
  nameOf: (_, name) => name,
  change: ({ name, installed, to }) =>
    changeByCommand({ before: \`\${name} \${installed}\`, after: \`\${name} \${to}\` }, \`COMMAND \${quoted(name)}\`),
};
`;
}

function readerFile(name: string, value: string): string {
  return `import { type Analysis, type AnalyzedFile, type Analyzer } from '../analyzer.ts';
import { findingsOf, textOf } from '../found.ts';

/** Where its evidence lies, and the page that specifies it. */
export const ${value}: Analyzer = {
  id: '${name}',
  version: 1,
  summary: 'One sentence for \`seawall list\`.',
  places: [],
  wants: (path) => path === 'PATH/OF/ITS/DATABASE',
  analyze,
};

function analyze(file: AnalyzedFile): Analysis {
  const findings = findingsOf('${name}', file.path);
  const text = textOf(file.content);
  if (text !== '') findings.fault('corrupt-package-database', 'The package database is not read yet.');
  return findings.analysis();
}
`;
}

function schemeFile(name: string, value: string): string {
  return `import type { VersionScheme } from '../scheme.ts';

/** How its versions are ordered, and the page that specifies it. */
export const ${value}: VersionScheme = {
  id: '${name}',
  version: 1,
  summary: 'One sentence for \`seawall list\`.',
  compare: (left, right) => (left === right ? 0 : undefined),
};
`;
}

function indexFile(value: string): string {
  return `import type { LanguageEcosystem } from '../ecosystem.ts';
import { ${value} as face } from './face.ts';
import { ${value} as reader } from './reader.ts';
import { ${value} as scheme } from './scheme.ts';

export const ${value}: LanguageEcosystem = {
  face,
  readers: [reader],
  owns: 'folder',
  scheme,
  advisories: 'none',
};
`;
}

function testFile(name: string, value: string): string {
  return `import { expect, test } from 'vitest';
import { ${value} } from './index.ts';

test('${name} understands a real input', () => {
  const summaries = [...${value}.readers, ${value}.scheme].map(({ summary }) => summary).join(' ');
  expect(summaries, 'write the ecosystem and a test on real input').not.toContain('One sentence');
});
`;
}
