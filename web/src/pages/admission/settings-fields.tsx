import type { ReactNode } from 'react';
import type { AdmissionEffect, AdmissionRuleText, SettingsRule } from '#admission/contract.ts';
import type { HostNamespace } from '../../../../src/inventory/contract.ts';
import { Choice, TextField, wordsIn } from '../../ui/fields.tsx';
import { beginningOf, effectOptions, settingWords } from './rule-words.ts';

interface FieldsProps {
  readonly settings: AdmissionRuleText['settings'];
  readonly change: (settings: readonly SettingsRule[]) => void;
}

const kinds = Object.keys(settingWords) as readonly SettingsRule['kind'][];
const namespaces = ['pid', 'network', 'ipc', 'uts', 'user', 'cgroup'] as const satisfies readonly HostNamespace[];

/** Effects for the settings that containers start with, and the details that each kind needs. */
export function SettingsFields({ settings, change }: FieldsProps): ReactNode {
  const put = (rule: SettingsRule): void => {
    const others = settings.filter(({ kind }) => kind !== rule.kind);
    const next = rule.effect === 'ignore' ? others : [...others, rule];
    change(next.toSorted((left, right) => kinds.indexOf(left.kind) - kinds.indexOf(right.kind)));
  };
  return (
    <>
      {kinds.map((kind) => {
        const rule = settings.find((one) => one.kind === kind);
        const choose = (effect: AdmissionEffect): void => put({ ...(rule ?? beginningOf(kind, effect)), effect });
        return (
          <div key={kind} className="setting">
            <Choice
              label={settingWords[kind]}
              value={rule?.effect ?? 'ignore'}
              options={effectOptions}
              choose={choose}
            />
            {rule !== undefined && <More rule={rule} put={put} />}
          </div>
        );
      })}
    </>
  );
}

interface MoreProps {
  readonly rule: SettingsRule;
  readonly put: (rule: SettingsRule) => void;
}

function More({ rule, put }: MoreProps): ReactNode {
  switch (rule.kind) {
    case 'host-namespaces': {
      const known = (words: readonly string[]): readonly HostNamespace[] =>
        namespaces.filter((one) => words.includes(one));
      return (
        <TextField
          label="Host namespaces to match"
          hint={`Any of ${namespaces.join(', ')}.`}
          value={rule.deny.join(' ')}
          change={(words) => {
            const deny = known(wordsIn(words) ?? []);
            if (deny.length > 0) put({ ...rule, deny });
          }}
        />
      );
    }
    case 'added-capabilities':
      return (
        <TextField
          label="Allowed added capabilities"
          hint="Without CAP_, separated by spaces."
          value={rule.allow.join(' ')}
          change={(words) => put({ ...rule, allow: wordsIn(words) ?? [] })}
        />
      );
    case 'host-paths':
      return (
        <TextField
          label="Host paths to match, with everything below them"
          hint="Separated by spaces; / is the whole host."
          value={rule.deny.join(' ')}
          change={(words) => put({ ...rule, deny: wordsIn(words) ?? ['/'] })}
        />
      );
    case 'privileged':
    case 'engine-socket':
    case 'seccomp-off':
      return null;
    default:
      return rule satisfies never;
  }
}
