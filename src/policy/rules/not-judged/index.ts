import type { Fault } from '#catalog/contract.ts';
import { countFaults, faultKindOf } from '#image/index.ts';
import type { Violation } from '../../contract.ts';
import { remedyOfFault } from '../../fault-remedy.ts';
import type { RuleKind, SettingOf } from '../../rule.ts';

type Setting = SettingOf<'not-judged'>;

/** Packages that may have vulnerabilities of which nobody can say, each by itself, and all unidentified files together. */
export const notJudged: RuleKind<Setting> = {
  id: 'not-judged',
  version: 1,
  summary: 'Packages that could not be compared with advisories',
  evaluate(facts, { effect, unidentified = 'alert' }) {
    if (facts.scan.state === 'missing') return [];
    const { faults } = facts.scan;
    const where = facts.image.isHost ? 'host' : 'image';
    return [
      ...(effect === 'ignore' ? [] : of(faults, 'judging').map((fault) => toViolation(fault, effect))),
      ...(unidentified === 'ignore' ? [] : unidentifiedFiles(of(faults, 'unidentified'), unidentified)),
    ].map(({ code, ...violation }) => ({ ...violation, remedy: remedyOfFault(code, where) }));
  },
};

function of(faults: readonly Fault[], kind: ReturnType<typeof faultKindOf>): readonly Fault[] {
  return faults.filter(({ code }) => faultKindOf(code) === kind);
}

/** A violation before its remedy is known, with the code that decides on it. */
type Found = Omit<Violation, 'remedy'> & { readonly code: string };

function toViolation({ code, path, message }: Fault, effect: Violation['effect']): Found {
  return {
    code,
    rule: 'not-judged',
    effect,
    message: message.slice(0, 2000),
    fault: { code, ...(path === undefined ? {} : { path }) },
  };
}

const mostNamed = 5;

/** Applications hold dozens of archives of their own: one violation for all. */
function unidentifiedFiles(faults: readonly Fault[], effect: Violation['effect']): readonly Found[] {
  const [first] = faults;
  if (first === undefined) return [];
  const count = countFaults(faults);
  if (count === 1) return [toViolation(first, effect)];
  const single = faults.filter((fault) => countFaults([fault]) === 1);
  const names = single.slice(0, mostNamed).map(({ path, message }) => path ?? message);
  const more = count - names.length;
  const message = `Nothing identifies ${count} files that may hold packages: ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
  return [
    {
      code: first.code,
      rule: 'not-judged',
      effect,
      message: message.slice(0, 2000),
      fault: { code: first.code },
    },
  ];
}
