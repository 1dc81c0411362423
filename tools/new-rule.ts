import { ruleTest, type ScaffoldTest, settingsRuleTest } from './new-tests.ts';

/** Files of a kind of rule: its face with settings and texts, its evaluation, and a test that fails until both are written. */

interface Kind {
  readonly type: string;
  readonly setting: string;
  /** Where contracts are, seen from the folder of the rule. */
  readonly up: string;
  readonly effect: string;
  /** Where its words in a form are. */
  readonly choices: string;
  readonly imports: readonly string[];
  readonly beginning: string;
  readonly sentence: (words: string) => string;
  readonly test: ScaffoldTest;
}

const policyRule: Kind = {
  type: 'RuleKind',
  setting: 'SettingOf',
  up: '../..',
  effect: 'Effect',
  choices: 'effectChoices',
  imports: [
    "import { Effect } from '../../contract-effect.ts';",
    "import { effectChoices, effectInWords } from '../../contract-words.ts';",
  ],
  beginning: 'alert',
  sentence: (words) => `({ effect }) => \`\${effectInWords(effect)} ${words}\``,
  test: ruleTest,
};

const settingsRule: Kind = {
  type: 'SettingsRuleKind',
  setting: 'SettingsRuleOf',
  up: '../..',
  effect: 'ComplianceEffect',
  choices: 'complianceEffects',
  imports: ["import { ComplianceEffect, complianceEffects } from '../../../contract-effect.ts';"],
  beginning: 'ignore',
  sentence: (words) => `() => '${words}'`,
  test: settingsRuleTest,
};

type Files = (name: string, value: string) => Readonly<Record<string, string>>;

export const ruleFiles = filesOf(policyRule, 'Effect');
export const settingsRuleFiles = filesOf(settingsRule, undefined);

function filesOf(
  { type, setting, up, effect, choices, imports, beginning, sentence, test }: Kind,
  label: string | undefined,
): Files {
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
  fields: { effect: { label: '${label ?? title}', choices: ${choices} } },
  beginning: { kind: '${name}', effect: '${beginning}' },
  sentence: ${sentence(words)},
});
`,
      'index.ts': `import type { ${type}, ${setting} } from '${up}/rule.ts';

/** What counts as breaking it, and what does not. */
export const ${value}: ${type}<${setting}<'${name}'>> = {
  id: '${name}',
  version: 1,
  summary: 'One sentence for \`seawall list\`.',
  evaluate: () => [],
};
`,
      'index.test.ts': test(name, value),
    };
  };
}
