import type { ReactNode } from 'react';
import type { Rule, Threshold } from '#policy/contract.ts';
import { Check, Choice, NumberField } from '../../ui/fields.tsx';
import { severityWords } from '../../ui/severity.tsx';
import type { Problems } from './draft.ts';

type SeverityRule = Extract<Rule, { readonly kind: 'severity' }>;
type Grace = NonNullable<SeverityRule['grace']>;

interface Props {
  readonly rule: SeverityRule;
  readonly write: (rule: SeverityRule) => void;
  readonly problems: Problems;
}

const severities = ['critical', 'high', 'medium', 'low'] as const;
const limits = [
  ['low', 'Low and higher'],
  ['medium', 'Medium and higher'],
  ['high', 'High and higher'],
  ['critical', 'Critical'],
  ['cvss', 'CVSS score of'],
] as const;
const unrated = [
  ['block', 'block'],
  ['alert', 'alert'],
  ['ignore', 'ignore'],
] as const;
const usualGrace: Grace = { other: 14 };

/** From where a finding counts, what an unrated one does, and the days of grace. */
export function SeverityFields({ rule, write, problems }: Props): ReactNode {
  const { threshold } = rule;
  return (
    <>
      <Choice
        label="Findings of"
        value={threshold.by === 'cvss' ? 'cvss' : threshold.severity}
        options={limits}
        choose={(limit) => write({ ...rule, threshold: thresholdOf(limit) })}
      />
      {threshold.by === 'cvss' && (
        <NumberField
          label="Score"
          least={0}
          most={10}
          step={0.1}
          unit="and higher"
          value={threshold.score}
          problem={problems.get('threshold.score')}
          change={(score) => write({ ...rule, threshold: { by: 'cvss', score: score ?? 0 } })}
        />
      )}
      <Choice
        label="Unrated ones"
        value={rule.unrated}
        options={unrated}
        choose={(effect) => write({ ...rule, unrated: effect })}
      />
      <div className="checks-row">
        <Check checked={rule.onlyFixed} change={(onlyFixed) => write({ ...rule, onlyFixed })}>
          Only what has a fix
        </Check>
        <Check checked={rule.grace !== undefined} change={(on) => write(withGrace(rule, on ? usualGrace : undefined))}>
          Days of grace after the fix came out
        </Check>
      </div>
      {rule.grace && (
        <GraceFields grace={rule.grace} write={(grace) => write(withGrace(rule, grace))} problems={problems} />
      )}
    </>
  );
}

function GraceFields(props: {
  readonly grace: Grace;
  readonly write: (grace: Grace) => void;
  readonly problems: Problems;
}): ReactNode {
  const { grace, write, problems } = props;
  return (
    <div className="grace" role="group" aria-label="Days of grace by severity">
      {severities.map((severity) => (
        <NumberField
          key={severity}
          label={severityWords[severity]}
          least={0}
          most={3650}
          placeholder={String(grace.other)}
          value={grace[severity]}
          problem={problems.get(`grace.${severity}`)}
          change={(days) => write(withDays(grace, severity, days))}
        />
      ))}
      <NumberField
        label="Others"
        least={0}
        most={3650}
        unit="days"
        value={grace.other}
        problem={problems.get('grace.other')}
        change={(days) => write({ ...grace, other: days ?? 0 })}
      />
      <p className="quiet small">Until then they alert and do not block.</p>
    </div>
  );
}

function thresholdOf(limit: (typeof limits)[number][0]): Threshold {
  return limit === 'cvss' ? { by: 'cvss', score: 7 } : { by: 'severity', severity: limit };
}

function withGrace({ grace: _before, ...rule }: SeverityRule, grace: Grace | undefined): SeverityRule {
  return grace === undefined ? rule : { ...rule, grace };
}

function withDays(grace: Grace, severity: (typeof severities)[number], days: number | undefined): Grace {
  const { [severity]: _before, ...others } = grace;
  return days === undefined ? others : { ...others, [severity]: days };
}
