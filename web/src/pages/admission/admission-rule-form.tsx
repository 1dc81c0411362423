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

/** A rule to read or to change, beside what it would make of what lies on hosts now. */
export function AdmissionRuleForm(opened: OpenedRule<AdmissionRule>): ReactNode {
  return (
    <RuleForm<AdmissionRuleText>
      {...opened}
      beginning={beginning}
      save={(id, text, basedOn) => ask(putAdmissionRule, { params: { id }, body: { rule: mutable(text), basedOn } })}
      remove={(id) => ask(deleteAdmissionRule, { params: { id } })}
      afterwards="What it holds for goes to the next rule that holds it, within a second on every host."
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
        label="Images that fail their policy where they start"
        value={text.fail}
        options={effectOptions}
        choose={(fail) => write({ fail })}
      />
      <Choice
        label="Images that cannot be judged: their scan is incomplete, or feeds are stale"
        value={text.cannotJudge}
        options={effectOptions}
        choose={(cannotJudge) => write({ cannotJudge })}
      />
      <Choice
        label="Images that nobody knows"
        value={text.unknown}
        options={effectOptions}
        choose={(unknown) => write({ unknown })}
      />
      <NumberField
        label="Seconds that such a start is held while its image is scanned"
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
        label="When only the agent can judge the settings of a start and it does not answer in time, such a start"
        value={text.agentAway}
        options={[
          ['allow', 'goes on'],
          ['deny', 'is refused'],
        ]}
        choose={(agentAway) => write({ agentAway })}
      />
      <Choice
        label="Steps of image builds"
        value={text.builds}
        options={[
          ['allow', 'run'],
          ['approved-base', 'run on approved bases'],
          ['deny', 'are refused'],
        ]}
        choose={(builds) => write({ builds })}
      />
      <Choice
        label="Containers that run although they were not admitted, or no longer pass"
        value={text.rogue}
        options={[
          ['ignore', 'run on'],
          ['alert', 'run on and are told of'],
          ['stop', 'are stopped'],
        ]}
        choose={(rogue) => write({ rogue })}
      />
    </>
  );
}
