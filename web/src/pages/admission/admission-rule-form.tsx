import type { ReactNode } from 'react';
import {
  type AdmissionRule,
  type AdmissionRuleText,
  deleteAdmissionRule,
  putAdmissionRule,
} from '#admission/contract.ts';
import { ask } from '../../api.ts';
import { Choice, NumberField } from '../../ui/fields.tsx';
import { letsThrough } from '../policy/scope-trust.ts';
import { mutable } from '../policy/use-replay.ts';
import { type FieldsProps, RuleForm } from '../rules/rule-form.tsx';
import type { OpenedRule } from '../rules/rules-page.tsx';
import { AdmissionReplay } from './admission-replay.tsx';
import { beginning, effectOptions } from './rule-words.ts';
import { SettingsFields } from './settings-fields.tsx';

/** A rule to read or to edit, beside its replay over the images on hosts now. */
export function AdmissionRuleForm(opened: OpenedRule<AdmissionRule>): ReactNode {
  return (
    <RuleForm<AdmissionRuleText>
      {...opened}
      beginning={beginning}
      save={(id, text, basedOn) => ask(putAdmissionRule, { params: { id }, body: { rule: mutable(text), basedOn } })}
      remove={(id) => ask(deleteAdmissionRule, { params: { id } })}
      afterwards="Its images fall to the next matching rule, within a second on every host."
      letsThrough={letsThrough}
      fields={Fields}
      trial={AdmissionReplay}
    />
  );
}

type Props = FieldsProps<AdmissionRuleText>;

function Fields({ text, write }: Props): ReactNode {
  return (
    <>
      <Verdicts text={text} write={write} />
      <SettingsFields settings={text.settings} change={(settings) => write({ settings: [...settings] })} />
      <Rest text={text} write={write} />
    </>
  );
}

function Verdicts({ text, write }: Props): ReactNode {
  return (
    <>
      <Choice
        label="Images that fail their policy"
        value={text.fail}
        options={effectOptions}
        choose={(fail) => write({ fail })}
      />
      <Choice
        label="Images that cannot be judged (incomplete scan or stale feeds)"
        value={text.cannotJudge}
        options={effectOptions}
        choose={(cannotJudge) => write({ cannotJudge })}
      />
      <Choice
        label="Unknown images"
        value={text.unknown}
        options={effectOptions}
        choose={(unknown) => write({ unknown })}
      />
      <NumberField
        label="Seconds to hold the start of an unknown image while it is scanned"
        value={text.holdSeconds}
        change={(holdSeconds) => write({ holdSeconds: Math.min(120, Math.max(0, Math.round(holdSeconds ?? 0))) })}
      />
    </>
  );
}

function Rest({ text, write }: Props): ReactNode {
  return (
    <>
      <Choice
        label="Starts whose settings need the agent, while it does not answer"
        value={text.agentAway}
        options={[
          ['allow', 'Allow'],
          ['deny', 'Block'],
        ]}
        choose={(agentAway) => write({ agentAway })}
      />
      <Choice
        label="Image builds"
        value={text.builds}
        options={[
          ['allow', 'Allow'],
          ['approved-base', 'Allow on approved bases'],
          ['deny', 'Block'],
        ]}
        choose={(builds) => write({ builds })}
      />
      <Choice
        label="Rogue containers (not admitted, or no longer passing)"
        value={text.rogue}
        options={[
          ['ignore', 'Ignore'],
          ['alert', 'Alert'],
          ['stop', 'Stop'],
        ]}
        choose={(rogue) => write({ rogue })}
      />
    </>
  );
}
