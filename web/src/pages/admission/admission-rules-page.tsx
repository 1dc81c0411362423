import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { listAdmissionRules, orderAdmissionRules, type AdmissionRuleInPlace } from '#admission/contract.ts';
import { ask, reading } from '../../api.ts';
import { useMe } from '../../app/session.ts';
import { ErrorState, Skeleton } from '../../ui/blank.tsx';
import { Failure } from '../../ui/failure.tsx';
import { count, counted } from '../../ui/format.ts';
import { Icon } from '../../ui/icon.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { refuses, ruleSentence } from './rule-words.ts';
import { AdmissionRuleForm } from './admission-rule-form.tsx';
import '../runtime/runtime-rules-page.css';

const route = getRouteApi('/inside/admission-rules');
const title = 'Admission rules';

/** What may start: the first rule whose scope holds what is to start holds for it. */
export function AdmissionRulesPage(): ReactNode {
  const { data, error, refetch } = useQuery(reading(listAdmissionRules));
  const { rule: opened } = route.useSearch();
  const navigate = route.useNavigate();
  const mayWrite = useMe()?.permissions.includes('write-rules') === true;
  const open = (rule: string | undefined): void => void navigate({ search: { rule }, resetScroll: false });
  if (error && data === undefined) return <ErrorState error={error} retry={() => void refetch()} />;
  if (data === undefined) {
    return (
      <>
        <PageHead title={title} verdict="" />
        <p className="section" aria-busy="true">
          <Skeleton width={420} />
        </p>
      </>
    );
  }
  const rules = data.rules as readonly AdmissionRuleInPlace[];
  const edited = rules.find(({ rule }) => rule.id === opened);
  return (
    <>
      <Head
        rules={rules}
        actions={
          mayWrite && (
            <button type="button" className="btn primary" onClick={() => open('new')}>
              <Icon name="plus" />
              New rule
            </button>
          )
        }
      />
      <div className={opened === undefined ? 'split runtime-rules' : 'split runtime-rules opened'}>
        <RuleList rules={rules} opened={opened} open={open} mayWrite={mayWrite} />
        {opened !== undefined && (edited !== undefined || opened === 'new') && (
          <AdmissionRuleForm
            key={`${opened} ${edited?.rule.version ?? 0}`}
            saved={edited?.rule}
            taken={rules.map(({ rule }) => rule.id)}
            last={rules.at(-1)?.rule.id === opened}
            close={() => open(undefined)}
          />
        )}
      </div>
    </>
  );
}

function Head(props: { readonly rules: readonly AdmissionRuleInPlace[]; readonly actions: ReactNode }): ReactNode {
  const refusing = props.rules.filter(({ rule }) => rule.state === 'on' && refuses(rule));
  const denied = props.rules.reduce((sum, { hits }) => sum + hits.denied, 0);
  return (
    <PageHead
      title={title}
      state={refusing.length > 0 ? 'pass' : 'partly'}
      verdict={
        refusing.length > 0
          ? `${counted(refusing.length, 'rule refuses', 'rules refuse')} what breaks it.`
          : 'Nothing is refused.'
      }
      reason={`The first rule that is on and holds what is to start holds for it, alone. In 14 days ${counted(denied, 'start was', 'starts were')} refused.`}
      actions={props.actions}
    />
  );
}

interface ListProps {
  readonly rules: readonly AdmissionRuleInPlace[];
  readonly opened: string | undefined;
  readonly open: (rule: string) => void;
  readonly mayWrite: boolean;
}

function RuleList({ rules, opened, open, mayWrite }: ListProps): ReactNode {
  const queries = useQueryClient();
  const ordering = useMutation({
    mutationFn: (order: readonly string[]) => ask(orderAdmissionRules, { body: { order: [...order] } }),
    onSettled: () => queries.invalidateQueries({ queryKey: [listAdmissionRules.path] }),
  });
  const ids = rules.map(({ rule }) => rule.id);
  const move = (from: number, by: number): void => {
    const id = ids[from];
    if (id !== undefined) ordering.mutate(ids.toSpliced(from, 1).toSpliced(from + by, 0, id));
  };
  return (
    <section className="section bare">
      {ordering.isError && <Failure error={ordering.error} />}
      <ol className="rule-list" aria-label="Rules in their order">
        {rules.map((one, index) => (
          <RuleRow
            key={one.rule.id}
            inPlace={one}
            place={index}
            last={rules.length - 1}
            opened={one.rule.id === opened}
            open={() => open(one.rule.id)}
            move={mayWrite ? (by) => move(index, by) : undefined}
          />
        ))}
      </ol>
    </section>
  );
}

interface RowProps {
  readonly inPlace: AdmissionRuleInPlace;
  readonly place: number;
  readonly last: number;
  readonly opened: boolean;
  readonly open: () => void;
  readonly move: ((by: number) => void) | undefined;
}

function RuleRow({ inPlace: { rule, hits }, place, last, opened, open, move }: RowProps): ReactNode {
  return (
    <li aria-current={opened || undefined} className={rule.state === 'off' ? 'off' : undefined}>
      <span className="quiet num">{place + 1}</span>
      <div>
        <h2>
          <button type="button" className="btn plain link" onClick={open}>
            {rule.name}
          </button>
          {rule.state === 'off' && <span className="mark dashed">off</span>}
        </h2>
        <p className="small soft">{ruleSentence(rule)}</p>
        <p className="small quiet">
          {rule.collections === undefined ? 'Everything' : rule.collections.join(', ')}; in 14 days {count(hits.denied)}{' '}
          refused, {count(hits.alerted)} alerted, {count(hits.allowed)} allowed
        </p>
      </div>
      {move !== undefined && place < last && (
        <span className="actions">
          <button
            type="button"
            className="icon-btn"
            aria-label={`Move ${rule.name} up`}
            disabled={place === 0}
            onClick={() => move(-1)}
          >
            <Icon name="up" />
          </button>
          <button
            type="button"
            className="icon-btn"
            aria-label={`Move ${rule.name} down`}
            disabled={place >= last - 1}
            onClick={() => move(1)}
          >
            <Icon name="down" />
          </button>
        </span>
      )}
    </li>
  );
}
