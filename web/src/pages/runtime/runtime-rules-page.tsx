import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { listRuntimeRules, orderRuntimeRules, type RuntimeRuleInPlace } from '#runtime/contract.ts';
import { ask, reading } from '../../api.ts';
import { count, counted } from '../../ui/format.ts';
import { RulesPage, type Status } from '../rules/rules-page.tsx';
import { lackReason, lackSentence, protectionStatus, sumOf } from '../sensor/protection-words.ts';
import { ruleSentence } from './rule-words.ts';
import { RuntimeRuleForm } from './runtime-rule-form.tsx';

const route = getRouteApi('/inside/runtime-rules');

/** What is done about what containers run: rules are checked top down, and the first match applies. */
export function RuntimeRulesPage(): ReactNode {
  const list = useQuery(reading(listRuntimeRules));
  const { rule: opened } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <RulesPage<RuntimeRuleInPlace>
      title="Runtime rules"
      list={list}
      opened={opened}
      open={(rule) => void navigate({ search: { rule }, resetScroll: false })}
      putInOrder={(order) => ask(orderRuntimeRules, { body: { order } })}
      status={statusOf}
      sentence={ruleSentence}
      did={didIn14Days}
      form={RuntimeRuleForm}
    />
  );
}

function statusOf(rules: readonly RuntimeRuleInPlace[]): Status {
  const on = rules.filter(({ rule }) => rule.state === 'on');
  const preventing = on.filter(({ rule }) => isPreventing(rule));
  const counts = sumOf(preventing.map(({ protection }) => protection));
  const status = protectionStatus(counts);
  const order = 'Rules are checked top down; the first match applies. Everything else raises an alert.';
  if (status === undefined) return { state: 'partly', verdict: 'Nothing is prevented.', reason: order };
  const { state, lacking, sentence } = status;
  if (lacking === 0) return { state, verdict: sentence, reason: order };
  return {
    state,
    verdict: (
      <>
        <Link to="/containers" search={{ protection: 'not-protected', state: 'up', environment: undefined }}>
          {count(lacking)}
        </Link>{' '}
        {sentence}
      </>
    ),
    reason: [lackReason(counts), order].filter(Boolean).join(' '),
  };
}

function didIn14Days({ rule, containers, protection, hits }: RuntimeRuleInPlace): string {
  const lacks = isPreventing(rule) ? lackSentence(protection) : '';
  const applies = `applies to ${counted(containers, 'running container')}${lacks === '' ? '' : ` (${lacks})`}`;
  return `${applies}; in 14 days ${count(hits.stopped)} stopped, ${count(hits.alerted)} alerted`;
}

function isPreventing({ drift, code, process }: RuntimeRuleInPlace['rule']): boolean {
  return [drift, code, process].some((one) => one === 'prevent' || one === 'block');
}
