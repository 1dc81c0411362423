import type { Fault } from '#catalog/contract.ts';
import { faultKindOf } from '#image/index.ts';
import type { Violation } from '../../contract.ts';
import { remedyOfFault } from '../../fault-remedy.ts';
import type { RuleKind, SettingOf } from '../../rule.ts';

type Setting = SettingOf<'incomplete-scan'>;

/** Each fault of reading is one violation: what was not seen may hold anything. Others are the rule `not-judged`'s. */
export const incompleteScan: RuleKind<Setting> = {
  id: 'incomplete-scan',
  version: 2,
  summary: 'Scans that did not see everything',
  evaluate(facts, { effect }) {
    if (effect === 'ignore' || facts.scan.state === 'missing') return [];
    const of = facts.image.isHost ? 'host' : 'image';
    return facts.scan.faults
      .filter(isOfReading)
      .map((fault) => ({ ...toViolation(fault, effect), remedy: remedyOfFault(fault.code, of) }));
  },
};

function isOfReading({ code }: Fault): boolean {
  const kind = faultKindOf(code);
  return kind === 'reading' || kind === 'content';
}

function toViolation(fault: Fault, effect: Violation['effect']): Omit<Violation, 'remedy'> {
  const { code, path, message } = fault;
  return {
    rule: 'incomplete-scan',
    effect,
    message: message.slice(0, 2000),
    fault: { code, ...(path === undefined ? {} : { path }) },
  };
}
