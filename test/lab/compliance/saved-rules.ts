import {
  type ComplianceRuleText,
  deleteComplianceRule,
  listComplianceRules,
  putComplianceRule,
  replayComplianceRule,
} from '#compliance/contract.ts';
import { type Dock, ledgerOf } from '../gates/dock.ts';
import { until } from '../lab.ts';

/** What somebody read of a rule's replay. */
interface ReadReplay {
  readonly seal: string;
  readonly stopped: number;
}

interface SavedRule {
  readonly rule: ComplianceRuleText;
  readonly replay?: ReadReplay;
}

/** What the rule would do now. */
export async function tryRule({ ask }: Dock, id: string, rule: ComplianceRuleText) {
  return await ask(replayComplianceRule, { body: { rule: structuredClone(rule) as never, id } });
}

/** Saves the rule, and waits until each host goes by it. */
export async function saveRule({ ask, quays }: Dock, id: string, { rule, replay }: SavedRule): Promise<void> {
  const { rules } = await ask(listComplianceRules);
  const basedOn = rules.find((one) => one.rule.id === id)?.rule.version ?? 0;
  const body = {
    rule: structuredClone(rule) as never,
    basedOn,
    ...(replay !== undefined && { replay: { ...replay } }),
  };
  const saved = await ask(putComplianceRule, { params: { id }, body });
  for (const quay of quays)
    await until(
      `version ${saved.rule.version} of the rule on ${quay.name}`,
      async () =>
        ledgerOf(quay).compliance?.rules.some((one) => one.id === id && one.version === saved.rule.version) === true,
      { seconds: 20 },
    );
}

export async function deleteRule({ ask }: Dock, id: string): Promise<void> {
  await ask(deleteComplianceRule, { params: { id } });
}
