import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { listComplianceRules, orderComplianceRules } from '#compliance/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import { ask, reading } from '../../api.ts';
import { useMe } from '../../app/session.ts';
import { count, counted } from '../../ui/format.ts';
import { RulesPage, type Status } from '../rules/rules-page.tsx';
import type { RulesSearch } from '../rules/rules-search.ts';
import { ComplianceRuleForm } from './compliance-rule-form.tsx';
import { CustomChecksView } from './custom-checks.tsx';
import { OperatorListsView } from './operator-lists.tsx';
import { isBlocking, ruleSentence } from './rule-words.ts';
import './compliance.css';

type RuleInPlace = ReplyOf<typeof listComplianceRules>['rules'][number];

const route = getRouteApi('/inside/compliance-rules');

/** What is done about checks that fail: rules are checked top down, and the first matching rule decides. Or their lists, or checks that were written here. */
export function ComplianceRulesPage(): ReactNode {
  const rules = useQuery(reading(listComplianceRules));
  const { rule: opened, list, check } = route.useSearch();
  const navigate = route.useNavigate();
  if (check !== undefined) return <CustomChecksView opened={check} tabs={<Views chosen="checks" />} />;
  if (list !== undefined) return <OperatorListsView opened={list} tabs={<Views chosen="lists" />} />;
  return (
    <RulesPage<RuleInPlace>
      title="Compliance rules"
      list={rules}
      opened={opened}
      open={(rule) => void navigate({ search: { rule }, resetScroll: false })}
      putInOrder={(order) => ask(orderComplianceRules, { body: { order } })}
      status={statusOf}
      tabs={<Views chosen="rules" />}
      sentence={ruleSentence}
      did={doesNow}
      form={ComplianceRuleForm}
    />
  );
}

function statusOf(rules: readonly RuleInPlace[]): Status {
  const blocking = rules.filter(({ rule }) => isBlocking(rule));
  const sum = (of: 'blocked' | 'alerted'): number => rules.reduce((all, one) => all + one[of], 0);
  const [blocked, alerted] = [sum('blocked'), sum('alerted')];
  const alerts = `${counted(alerted, 'subject fails', 'subjects fail')} an alert line.`;
  if (blocking.length === 0)
    return {
      state: 'partly',
      verdict: 'No rule has a block line.',
      reason: `${alerts} The first matching rule decides.`,
    };
  return {
    state: blocked > 0 ? 'fail' : 'partly',
    verdict: `${counted(blocked, 'subject fails', 'subjects fail')} a block line.`,
    reason: `${alerts} ${counted(blocking.length, 'rule has', 'rules have')} block lines; the first matching rule decides.`,
  };
}

function doesNow({ subjects, blocked, alerted, waiting }: RuleInPlace): string {
  const does = `${counted(subjects, 'subject')} now, ${count(blocked)} fail a block line, ${count(alerted)} an alert line`;
  if (waiting === 0) return does;
  return `${does}; ${counted(waiting, 'container')} not stopped until the replay is read and the rule saved again`;
}

type ViewName = 'rules' | 'lists' | 'checks';

function Views({ chosen }: { readonly chosen: ViewName }): ReactNode {
  // Lists and own checks hold for the whole estate, and the console shows them to nobody whose view is scoped.
  if (useMe()?.collections !== undefined) return null;
  return (
    <nav className="tabs" aria-label="Views">
      <View name="Rules" search={{}} isChosen={chosen === 'rules'} />
      <View name="Lists" search={{ list: 'all' }} isChosen={chosen === 'lists'} />
      <View name="Own checks" search={{ check: 'all' }} isChosen={chosen === 'checks'} />
    </nav>
  );
}

interface ViewProps {
  readonly name: string;
  readonly search: Pick<RulesSearch, 'list' | 'check'>;
  readonly isChosen: boolean;
}

function View({ name, search: { list, check }, isChosen }: ViewProps): ReactNode {
  return (
    <Link
      to="/compliance-rules"
      search={{ list, check }}
      activeOptions={{ exact: true, includeSearch: true, explicitUndefined: true }}
      {...(isChosen && { 'aria-current': 'page' as const })}
    >
      {name}
    </Link>
  );
}
