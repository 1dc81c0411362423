import type { ReactNode } from 'react';
import { faceOfRule, type Rule } from '#policy/contract.ts';
import { type Problems, shapeOf } from '../../ui/field-shape.ts';
import { Icon } from '../../ui/icon.tsx';
import { type Controls, SettingFields } from '../../ui/setting-fields.tsx';
import { ExpressionField } from './expression-field.tsx';
import { PackageTypeField } from './package-type-field.tsx';
import { ThresholdField } from './threshold-field.tsx';
import { ApprovedBasesField, SigningKeysField } from './trust-fields.tsx';

interface CardProps {
  readonly rule: Rule;
  readonly write: (rule: Rule) => void;
  readonly remove: () => void;
  /** Of this rule, by the path within it. */
  readonly problems: Problems;
}

const controls: Controls = {
  'approved-bases': ApprovedBasesField,
  expression: ExpressionField,
  'package-type': PackageTypeField,
  'signing-keys': SigningKeysField,
  threshold: ThresholdField,
};

/** One rule: what it says in words, and its fields. */
export function RuleCard({ rule, write, remove, problems }: CardProps): ReactNode {
  const face = faceOfRule(rule.kind);
  if (face === undefined) return null;
  return (
    <li className="rule-card">
      <div className="rule-card-head">
        <h3>{face.name}</h3>
        <p className="small soft">{face.sentence(rule)}</p>
        <button type="button" className="icon-btn" aria-label={`Remove rule: ${face.name}`} onClick={remove}>
          <Icon name="close" />
        </button>
      </div>
      <div className="rule-fields">
        <SettingFields
          shape={shapeOf(face.setting)}
          texts={face.fields}
          settings={rule}
          write={(settings) => write(settings as unknown as Rule)}
          problems={problems}
          controls={controls}
        />
      </div>
    </li>
  );
}
