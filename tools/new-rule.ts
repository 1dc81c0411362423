/** Files of a kind of rule: its face with settings and texts, its evaluation, and a test that fails until both are written. */

interface Kind {
  readonly type: string;
  readonly setting: string;
  /** Where contracts are, seen from the folder of the rule. */
  readonly up: string;
  readonly effect: string;
  readonly imports: readonly string[];
  readonly beginning: string;
  readonly sentence: (words: string) => string;
}

const policyRule: Kind = {
  type: 'RuleKind',
  setting: 'SettingOf',
  up: '../..',
  effect: 'Effect',
  imports: [
    "import { Effect } from '../../contract-effect.ts';",
    "import { effectChoices, effectInWords } from '../../contract-words.ts';",
  ],
  beginning: 'alert',
  sentence: (words) => `({ effect }) => \`\${effectInWords(effect)} ${words}\``,
};

const settingsRule: Kind = {
  type: 'SettingsRuleKind',
  setting: 'SettingsRuleOf',
  up: '../..',
  effect: 'AdmissionEffect',
  imports: ["import { AdmissionEffect, effectChoices } from '../../../contract-effect.ts';"],
  beginning: 'ignore',
  sentence: (words) => `() => '${words}'`,
};

type Files = (name: string, value: string) => Readonly<Record<string, string>>;

export const ruleFiles = filesOf(policyRule, 'Effect');
export const settingsRuleFiles = filesOf(settingsRule, undefined);

function filesOf({ type, setting, up, effect, imports, beginning, sentence }: Kind, label: string | undefined): Files {
  return (name, value) => {
    const words = name.replaceAll('-', ' ');
    const title = words.charAt(0).toUpperCase() + words.slice(1);
    return {
      'face.ts': `import { z } from 'zod';
import { ruleFace } from '#rules/contract.ts';
${imports.join('\n')}

/** What breaks it, in one sentence. */
export const ${value} = ruleFace({
  setting: z.object({ kind: z.literal('${name}'), effect: ${effect} }),
  name: '${title}',
  about: 'one sentence for the menu',
  fields: { effect: { label: '${label ?? title}', choices: effectChoices } },
  beginning: { kind: '${name}', effect: '${beginning}' },
  sentence: ${sentence(words)},
});
`,
      'index.ts': `import type { ${type}, ${setting} } from '${up}/rule.ts';

/** What ${name} is, and the page that specifies it. */
export const ${value}: ${type}<${setting}<'${name}'>> = {
  id: '${name}',
  version: 1,
  summary: 'One sentence for \`seawall list\`.',
  evaluate: () => [],
};
`,
      'index.test.ts': `import { expect, test } from 'vitest';
import { ${value} as face } from './face.ts';
import { ${value} } from './index.ts';

test('${name} understands a real input', () => {
  expect(face.about, 'write its settings and texts').not.toContain('one sentence');
  expect(${value}.summary, 'write the rule and a test on real input').not.toContain('One sentence');
});
`,
    };
  };
}
