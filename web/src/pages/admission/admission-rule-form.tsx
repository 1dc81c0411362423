import type { ReactNode } from 'react';
import {
  admissionFields,
  type AdmissionRule,
  AdmissionRuleText,
  deleteAdmissionRule,
  faceOfSettings,
  newAdmissionRule,
  putAdmissionRule,
  replayAdmissionRule,
} from '#admission/contract.ts';
import { ask } from '../../api.ts';
import { textAt } from '../../ui/field-shape.ts';
import type { Controls } from '../../ui/setting-fields.tsx';
import { letsThrough } from '../policy/scope-trust.ts';
import { mutable } from '../policy/use-replay.ts';
import { RuleForm } from '../rules/rule-form.tsx';
import type { OpenedRule } from '../rules/rules-page.tsx';
import { AdmissionReplay } from './admission-replay.tsx';
import { SettingsRulesField } from './settings-fields.tsx';

const controls: Controls = { 'settings-rules': SettingsRulesField };

/** A rule to read or to edit, beside its replay over the images on hosts now. */
export function AdmissionRuleForm(opened: OpenedRule<AdmissionRule>): ReactNode {
  return (
    <RuleForm<AdmissionRuleText>
      {...opened}
      beginning={newAdmissionRule}
      save={(id, text, { basedOn }) =>
        ask(putAdmissionRule, { params: { id }, body: { rule: mutable(text), basedOn } })
      }
      tries={replayAdmissionRule.path}
      remove={(id) => ask(deleteAdmissionRule, { params: { id } })}
      afterwards="Its images fall to the next matching rule, within a second on every host."
      letsThrough={letsThrough}
      schema={AdmissionRuleText}
      texts={admissionFields}
      textWithin={textOfSettings}
      controls={controls}
      trial={AdmissionReplay}
    />
  );
}

/** The text of a field of a rule over settings. */
function textOfSettings(text: AdmissionRuleText, [list, place, ...path]: readonly PropertyKey[]) {
  const rule = list === 'settings' ? text.settings[Number(place)] : undefined;
  return rule && textAt(faceOfSettings(rule.kind)?.fields, path);
}
