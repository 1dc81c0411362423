import type { ReactNode } from 'react';
import {
  complianceFields,
  type ComplianceRule,
  ComplianceRuleText,
  deleteComplianceRule,
  faceOfSettings,
  newComplianceRule,
  putComplianceRule,
  replayComplianceRule,
} from '#compliance/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import { ask } from '../../api.ts';
import { textAt } from '../../ui/field-shape.ts';
import type { Controls } from '../../ui/setting-fields.tsx';
import { mutable } from '../policy/use-replay.ts';
import { RuleForm } from '../rules/rule-form.tsx';
import type { OpenedRule } from '../rules/rules-page.tsx';
import { ComplianceReplay } from './compliance-replay.tsx';
import { RuleLinesField } from './rule-lines.tsx';
import { SettingsRulesField } from './settings-fields.tsx';

const controls: Controls = { 'compliance-lines': RuleLinesField, 'settings-rules': SettingsRulesField };

/** A rule to read or to edit, beside its replay over what is reported now. */
export function ComplianceRuleForm(opened: OpenedRule<ComplianceRule>): ReactNode {
  return (
    <RuleForm<ComplianceRuleText, ReplyOf<typeof replayComplianceRule>>
      {...opened}
      beginning={newComplianceRule}
      save={(id, text, { basedOn, tried }) =>
        ask(putComplianceRule, {
          params: { id },
          body: {
            rule: mutable(text),
            basedOn,
            ...(tried && { replay: { seal: tried.seal, stopped: tried.stopped } }),
          },
        })
      }
      tries={replayComplianceRule.path}
      replay="must-be-read"
      remove={(id) => ask(deleteComplianceRule, { params: { id } })}
      afterwards="Its subjects fall to the next matching rule."
      schema={ComplianceRuleText}
      texts={complianceFields}
      textWithin={textOfSettings}
      controls={controls}
      trial={ComplianceReplay}
    />
  );
}

/** The text of a field of a rule over settings. */
function textOfSettings(text: ComplianceRuleText, [list, place, ...path]: readonly PropertyKey[]) {
  const rule = list === 'settings' ? text.settings?.[Number(place)] : undefined;
  return rule && textAt(faceOfSettings(rule.kind)?.fields, path);
}
