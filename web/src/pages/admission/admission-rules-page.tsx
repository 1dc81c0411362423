import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { listAdmissionRules, orderAdmissionRules, type AdmissionRuleInPlace } from '#admission/contract.ts';
import { ask, reading } from '../../api.ts';
import { count, counted } from '../../ui/format.ts';
import { RulesPage, type Status } from '../rules/rules-page.tsx';
import { refuses, ruleSentence } from './rule-words.ts';
import { AdmissionRuleForm } from './admission-rule-form.tsx';

const route = getRouteApi('/inside/admission-rules');

/** What may start: rules are checked top down, and the first matching rule decides. */
export function AdmissionRulesPage(): ReactNode {
  const list = useQuery(reading(listAdmissionRules));
  const { rule: opened } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <RulesPage<AdmissionRuleInPlace>
      title="Admission rules"
      list={list}
      opened={opened}
      open={(rule) => void navigate({ search: { rule }, resetScroll: false })}
      putInOrder={(order) => ask(orderAdmissionRules, { body: { order } })}
      status={statusOf}
      sentence={ruleSentence}
      did={didIn14Days}
      form={AdmissionRuleForm}
    />
  );
}

function statusOf(rules: readonly AdmissionRuleInPlace[]): Status {
  const refusing = rules.filter(({ rule }) => rule.state === 'on' && refuses(rule));
  const denied = rules.reduce((sum, { hits }) => sum + hits.denied, 0);
  return {
    state: refusing.length > 0 ? 'pass' : 'partly',
    verdict:
      refusing.length > 0
        ? `${counted(refusing.length, 'rule refuses', 'rules refuse')} what breaks it.`
        : 'Nothing is refused.',
    reason: `The first matching rule decides. In 14 days ${counted(denied, 'start was', 'starts were')} refused.`,
  };
}

function didIn14Days({ hits }: AdmissionRuleInPlace): string {
  return `in 14 days ${count(hits.denied)} refused, ${count(hits.alerted)} alerted, ${count(hits.allowed)} allowed`;
}
