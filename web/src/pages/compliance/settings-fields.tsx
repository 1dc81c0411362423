import { Link } from '@tanstack/react-router';
import { Fragment, type ReactNode } from 'react';
import { sameChecks, type SettingsRule, settingsFaces } from '#compliance/contract.ts';
import { problemsBelow, shapeOf } from '../../ui/field-shape.ts';
import { type ControlProps, SettingFields } from '../../ui/setting-fields.tsx';

/** Rules over the settings that containers start with: an effect for each kind, and its details once it has one. None are saved of kinds that are ignored. */
export function SettingsRulesField({ text, value, change, problems }: ControlProps): ReactNode {
  const rules = (value ?? []) as readonly SettingsRule[];
  const kinds = settingsFaces.map(({ setting, fields, beginning }) => {
    const { kind } = beginning;
    const place = rules.findIndex((one) => one.kind === kind);
    const put = (rule: SettingsRule): void => {
      const next = [...rules.filter((one) => one.kind !== kind), ...(rule.effect === 'ignore' ? [] : [rule])];
      change(next.toSorted((left, right) => order.indexOf(left.kind) - order.indexOf(right.kind)));
    };
    const { effect, ...details } = fields;
    return (
      <div key={kind} className="setting">
        <SettingFields
          shape={shapeOf(setting)}
          texts={{ ...(effect && { effect }), ...(place < 0 ? {} : details) }}
          settings={rules[place] ?? beginning}
          write={(rule) => put(rule as unknown as SettingsRule)}
          problems={problemsBelow(problems, String(place))}
          controls={{}}
        />
        <SameChecks kind={kind} />
      </div>
    );
  });
  return (
    <div className="setting-rows" role="group" aria-label={text.label}>
      <p className="label">{text.label}</p>
      {text.help !== undefined && <p className="quiet small">{text.help}</p>}
      {kinds}
    </div>
  );
}

/** The checks that ask the same of containers that run. */
function SameChecks({ kind }: { readonly kind: SettingsRule['kind'] }): ReactNode {
  if (sameChecks(kind).length === 0) return null;
  return (
    <p className="quiet small">
      Judged like{' '}
      {sameChecks(kind).map((id, at) => (
        <Fragment key={id}>
          {at > 0 && ', '}
          <Link className="mono" to="/compliance/checks" search={{ check: id }}>
            {id}
          </Link>
        </Fragment>
      ))}
    </p>
  );
}

const order = settingsFaces.map(({ beginning }) => beginning.kind);
