import { AppError } from '#base/index.ts';
import { keptRules } from '#rules/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { About } from '../check.ts';
import { checks } from '../checks/index.ts';
import {
  type CheckChoice,
  type ComplianceRule,
  customPrefix,
  lastComplianceRule,
  type SettingsRule,
} from '../contract.ts';
import { templates } from '../templates/index.ts';
import { complianceRulesChanged } from './facts.ts';
import { complianceSchema } from './schema.ts';

/** What is done about checks that fail. What comes with the console alerts, and blocks nothing. */
export const complianceRules = keptRules<ComplianceRule>({
  kind: 'compliance-rule',
  plural: 'compliance-rules',
  schema: complianceSchema,
  lastText: lastComplianceRule,
  check: async ({ lines, settings = [] }) => {
    checkSettings(settings);
    for (const [at, line] of lines.entries()) checkChoice(line.checks, `lines.${at}.checks`);
  },
  announce: async (transaction, rule) => await transaction.announce(complianceRulesChanged, { rule }),
});

function checkSettings(settings: readonly SettingsRule[]): void {
  const kinds = settings.map(({ kind }) => kind);
  const twice = kinds.find((kind, at) => kinds.indexOf(kind) !== at);
  if (twice !== undefined) throw new AppError('bad-request', `settings: ${twice} is named more than once.`);
}

/** Those in force, in their order. */
export async function readComplianceRules(queries: Queries): Promise<readonly ComplianceRule[]> {
  return await complianceRules.inForce(queries);
}

/** Throws `bad-request` for what names nothing: a line with a slip in it would do nothing, unseen. */
function checkChoice(choice: CheckChoice, place: string): void {
  switch (choice.by) {
    case 'severity':
      return;
    case 'check':
      // Whether somebody wrote it, only the database knows.
      if (choice.id.startsWith(customPrefix)) return;
      if (Object.values<readonly Pick<About, 'id'>[]>(checks).some((list) => list.some(({ id }) => id === choice.id)))
        return;
      throw new AppError('bad-request', `${place}: there is no check ${choice.id}.`);
    case 'template': {
      const template = templates.find(({ id }) => id === choice.template);
      const ids = [choice.template, choice.section].filter(Boolean).join(' ');
      const { section } = choice;
      if (template !== undefined && (section === undefined || template.sections.some(({ id }) => isIn(id, section))))
        return;
      throw new AppError('bad-request', `${place}: there is no template or section ${ids}.`);
    }
    default:
      return choice satisfies never;
  }
}

function isIn(id: string, section: string): boolean {
  return id === section || id.startsWith(`${section}.`);
}
