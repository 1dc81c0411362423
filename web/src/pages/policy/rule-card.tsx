import type { ReactNode } from 'react';
import type { Rule } from '#policy/contract.ts';
import { Choice, NumberField } from '../../ui/fields.tsx';
import { Icon } from '../../ui/icon.tsx';
import { CustomFields } from './custom-fields.tsx';
import type { ExpressionProblem, Problems } from './draft.ts';
import { PackageFields } from './package-fields.tsx';
import { ProvenanceFields } from './provenance-fields.tsx';
import { SeverityFields } from './severity-fields.tsx';
import { ruleInWords, ruleNames } from './words.ts';

interface CardProps {
  readonly rule: Rule;
  readonly write: (rule: Rule) => void;
  readonly remove: () => void;
  /** Of this rule, by the path within it. */
  readonly problems: Problems;
  readonly refused: ExpressionProblem | undefined;
}

/** One rule: what it says in words, and its fields. */
export function RuleCard(props: CardProps): ReactNode {
  const { rule, remove } = props;
  return (
    <li className="rule-card">
      <div className="rule-card-head">
        <h3>{ruleNames[rule.kind]}</h3>
        <p className="small soft">{ruleInWords(rule)}</p>
        <button type="button" className="icon-btn" aria-label={`Remove rule: ${ruleNames[rule.kind]}`} onClick={remove}>
          <Icon name="close" />
        </button>
      </div>
      <div className="rule-fields">
        <Effect {...props} />
        <Fields {...props} />
      </div>
    </li>
  );
}

const effects = [
  ['block', 'Block'],
  ['alert', 'Alert'],
  ['ignore', 'Ignore'],
] as const;
const doubts = [['cannot-judge', 'No verdict'], ...effects] as const;

function Effect({ rule, write }: Pick<CardProps, 'rule' | 'write'>): ReactNode {
  switch (rule.kind) {
    case 'severity':
    case 'kev':
    case 'package':
    case 'custom':
    case 'trusted-source':
    case 'signature':
    case 'approved-base':
      return (
        <Choice label="Effect" value={rule.effect} options={effects} choose={(effect) => write({ ...rule, effect })} />
      );
    case 'incomplete-scan':
    case 'not-judged':
    case 'unscanned':
    case 'stale-feed':
      return (
        <Choice label="Effect" value={rule.effect} options={doubts} choose={(effect) => write({ ...rule, effect })} />
      );
    default:
      return rule satisfies never;
  }
}

const listed = [
  ['listed', 'all exploited'],
  ['ransomware', 'used by ransomware'],
] as const;

function Fields({ rule, write, problems, refused }: Omit<CardProps, 'remove'>): ReactNode {
  switch (rule.kind) {
    case 'severity':
      return <SeverityFields rule={rule} write={write} problems={problems} />;
    case 'kev':
      return (
        <Choice
          label="Of the CISA list"
          value={rule.only}
          options={listed}
          choose={(only) => write({ ...rule, only })}
        />
      );
    case 'package':
      return <PackageFields rule={rule} write={write} problems={problems} />;
    case 'custom':
      return <CustomFields rule={rule} write={write} problems={problems} refused={refused} />;
    case 'trusted-source':
    case 'signature':
    case 'approved-base':
      return <ProvenanceFields rule={rule} write={write} problems={problems} />;
    case 'not-judged':
      return (
        <Choice
          label="Unidentified files"
          value={rule.unidentified ?? 'alert'}
          options={doubts}
          choose={(unidentified) => write({ ...rule, unidentified })}
        />
      );
    case 'incomplete-scan':
    case 'unscanned':
      return null;
    case 'stale-feed':
      return (
        <NumberField
          label="Older than"
          unit="days"
          least={1}
          value={rule.days}
          problem={problems.get('days')}
          change={(days) => write({ ...rule, days: days ?? 0 })}
        />
      );
    default:
      return rule satisfies never;
  }
}
