import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { listRuntimeRules, orderRuntimeRules, type RuntimeRuleInPlace } from '#runtime/contract.ts';
import { ask, reading } from '../../api.ts';
import { count, counted } from '../../ui/format.ts';
import { RulesPage, type Standing } from '../rules/rules-page.tsx';
import { ruleSentence } from './rule-words.ts';
import { RuntimeRuleForm } from './runtime-rule-form.tsx';

const route = getRouteApi('/inside/runtime-rules');

/** What is done about what containers run: the first rule whose scope holds a container holds for it. */
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
      standing={standingOf}
      sentence={ruleSentence}
      did={didIn14Days}
      form={RuntimeRuleForm}
    />
  );
}

function standingOf(rules: readonly RuntimeRuleInPlace[]): Standing {
  const on = rules.filter(({ rule }) => rule.state === 'on');
  const preventing = on.filter(({ rule }) =>
    [rule.drift, rule.code, rule.process].some((one) => one === 'prevent' || one === 'block'),
  );
  const held = preventing.reduce((sum, { containers }) => sum + containers, 0);
  return {
    state: held > 0 ? 'pass' : 'partly',
    verdict: held > 0 ? `${counted(held, 'container is', 'containers are')} protected.` : 'Nothing is prevented.',
    reason: 'The first rule that is on and holds a container holds for it, alone. What nothing prevents is told.',
  };
}

function didIn14Days({ containers, hits }: RuntimeRuleInPlace): string {
  return `holds ${counted(containers, 'running container')}; in 14 days ${count(hits.stopped)} stopped, ${count(hits.alerted)} told`;
}
