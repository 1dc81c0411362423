import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import {
  admissionFields,
  type AdmissionRule,
  AdmissionRuleText,
  deleteAdmissionRule,
  newAdmissionRule,
  putAdmissionRule,
  replayAdmissionRule,
} from '#admission/contract.ts';
import { ask } from '../../api.ts';
import { letsThrough } from '../policy/scope-trust.ts';
import { mutable } from '../policy/use-replay.ts';
import { RuleForm } from '../rules/rule-form.tsx';
import type { OpenedRule } from '../rules/rules-page.tsx';
import type { TriedText } from '../rules/trial.tsx';
import { AdmissionReplay } from './admission-replay.tsx';

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
      trial={TrialAndMore}
    />
  );
}

/** What is judged of settings is written elsewhere. */
function TrialAndMore(tried: TriedText<AdmissionRuleText>): ReactNode {
  return (
    <>
      <AdmissionReplay {...tried} />
      <p className="quiet small">
        Settings of what starts, such as privileged containers and host path mounts, are judged by{' '}
        <Link to="/compliance-rules">compliance rules</Link>.
      </p>
    </>
  );
}
