import type { ReactNode } from 'react';
import type { ScopedRule } from '#rules/contract.ts';
import { useMe } from '../../app/session.ts';
import { ErrorState, Skeleton } from '../../ui/blank.tsx';
import { Icon } from '../../ui/icon.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { type ListProps, RuleList } from './rule-list.tsx';
import './rules-page.css';

/** What the form of a kind of rules is given. */
export interface OpenedRule<Rule> {
  /** Missing: a new rule. */
  readonly saved: Rule | undefined;
  readonly taken: readonly string[];
  /** The last rule holds for everything and stays. */
  readonly last: boolean;
  /** Reads the list again. */
  readonly changed: () => Promise<unknown>;
  readonly close: () => void;
}

/** How things stand by all rules, as the head of the page says it. */
export type Status = Pick<Parameters<typeof PageHead>[0], 'state' | 'verdict' | 'reason'>;

interface PageProps<InPlace extends { readonly rule: ScopedRule }>
  extends Pick<ListProps<InPlace>, 'putInOrder' | 'sentence' | 'did'> {
  readonly title: string;
  readonly list: {
    readonly data: { readonly rules: readonly InPlace[] } | undefined;
    readonly error: Error | null;
    readonly refetch: () => Promise<unknown>;
  };
  /** Id of the rule whose form is open, `new` for a new one. */
  readonly opened: string | undefined;
  readonly open: (rule: string | undefined) => void;
  readonly status: (rules: readonly InPlace[]) => Status;
  /** Other views of the page, below its head. */
  readonly tabs?: ReactNode;
  readonly form: (rule: OpenedRule<InPlace['rule']>) => ReactNode;
}

/** A list of rules of one kind in their order, and the form of the one that is open. */
export function RulesPage<InPlace extends { readonly rule: ScopedRule }>(props: PageProps<InPlace>): ReactNode {
  const { title, list, opened, open, status, form: Form } = props;
  const { data, error, refetch } = list;
  const mayWrite = useMe()?.permissions.includes('write-rules') === true;
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
  const { rules } = data;
  const edited = rules.find(({ rule }) => rule.id === opened);
  return (
    <>
      <PageHead
        title={title}
        {...status(rules)}
        actions={
          mayWrite && (
            <button type="button" className="btn primary" onClick={() => open('new')}>
              <Icon name="plus" />
              New rule
            </button>
          )
        }
      />
      {props.tabs}
      <div className={opened === undefined ? 'split rules' : 'split rules opened'}>
        <RuleList {...props} rules={rules} changed={refetch} mayWrite={mayWrite} />
        {opened !== undefined && (edited !== undefined || opened === 'new') && (
          <Form
            key={opened}
            saved={edited?.rule}
            taken={rules.map(({ rule }) => rule.id)}
            last={rules.at(-1)?.rule.id === opened}
            changed={refetch}
            close={() => open(undefined)}
          />
        )}
      </div>
    </>
  );
}
