import type { ReactNode } from 'react';
import type { Threshold } from '#policy/contract.ts';
import { Choice, NumberField } from '../../ui/fields.tsx';
import type { ControlProps } from '../../ui/setting-fields.tsx';

const limits = [
  ['low', 'Low and higher'],
  ['medium', 'Medium and higher'],
  ['high', 'High and higher'],
  ['critical', 'Critical'],
  ['cvss', 'CVSS score of'],
] as const;

/** From where a finding counts: a severity, or a CVSS score. */
export function ThresholdField({ text, value, change, problems }: ControlProps): ReactNode {
  const threshold = value as Threshold;
  return (
    <>
      <Choice
        label={text.label}
        hint={text.help}
        value={threshold.by === 'cvss' ? 'cvss' : threshold.severity}
        options={limits}
        choose={(limit) => change(thresholdOf(limit))}
      />
      {threshold.by === 'cvss' && (
        <NumberField
          label="Score"
          least={0}
          most={10}
          step={0.1}
          unit="and higher"
          value={threshold.score}
          problem={problems.get('score')}
          change={(score) => change({ by: 'cvss', score: score ?? 0 } satisfies Threshold)}
        />
      )}
    </>
  );
}

function thresholdOf(limit: (typeof limits)[number][0]): Threshold {
  return limit === 'cvss' ? { by: 'cvss', score: 7 } : { by: 'severity', severity: limit };
}
