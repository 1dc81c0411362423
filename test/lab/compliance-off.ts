import { lastComplianceRule, listComplianceRules, putComplianceRule } from '#compliance/contract.ts';
import type { LabConsole } from './lab-console.ts';

/** Lets compliance alert on nothing: a lab that counts alerts of running programs has a lab of compliance beside it. */
export async function switchComplianceOff({ ask }: LabConsole): Promise<void> {
  const { rules } = await ask(listComplianceRules);
  const basedOn = rules.find(({ rule }) => rule.id === 'default')?.rule.version ?? 0;
  const { name, state, notAssessed, running } = lastComplianceRule;
  const rule = { name, state, notAssessed, running, lines: [] };
  await ask(putComplianceRule, { params: { id: 'default' }, body: { rule, basedOn } });
}
