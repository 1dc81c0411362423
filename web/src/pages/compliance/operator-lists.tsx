import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { listOperatorLists, type OperatorListInPlace } from '#compliance/contract.ts';
import { reading } from '../../api.ts';
import { ErrorState } from '../../ui/blank.tsx';
import { counted } from '../../ui/format.ts';
import { PageHead } from '../../ui/page-head.tsx';
import { State } from '../../ui/state-mark.tsx';
import { headOfLists, heldEntries, sourceWords } from './list-words.ts';
import { OperatorListForm } from './operator-list-form.tsx';
import { rulesTitle, WaitingRules } from './waiting-rules.tsx';

interface ViewProps {
  /** Id of the list whose form is open. */
  readonly opened: string;
  readonly tabs: ReactNode;
}

/** Lists that checks compare with, those first without which checks do not answer, and the form of the one that is open. */
export function OperatorListsView({ opened, tabs }: ViewProps): ReactNode {
  const { data, error, refetch } = useQuery(reading(listOperatorLists));
  const navigate = useNavigate();
  if (error !== null && data === undefined) return <ErrorState error={error} retry={() => void refetch()} />;
  if (data === undefined) return <WaitingRules />;
  const { lists } = data;
  const { state, word, sentence } = headOfLists(lists);
  const edited = lists.find(({ id }) => id === opened);
  return (
    <>
      <PageHead title={rulesTitle} state={state} verdict={word} reason={sentence} />
      {tabs}
      <div className={edited === undefined ? 'split rules' : 'split rules opened'}>
        <section className="section bare">
          <ul className="rule-list operator-lists" aria-label="Lists">
            {lists.map((list) => (
              <ListRow key={list.id} list={list} opened={list.id === opened} />
            ))}
          </ul>
        </section>
        {edited !== undefined && (
          <OperatorListForm
            key={`${edited.id} ${edited.version}`}
            list={edited}
            changed={refetch}
            close={() => void navigate({ to: '/compliance-rules', search: { list: 'all' }, resetScroll: false })}
          />
        )}
      </div>
    </>
  );
}

function ListRow({ list, opened }: { readonly list: OperatorListInPlace; readonly opened: boolean }): ReactNode {
  const held = heldEntries(list);
  return (
    <li aria-current={opened || undefined}>
      <div>
        <h2>
          <Link className="link" to="/compliance-rules" search={{ list: list.id }} resetScroll={false}>
            {list.title}
          </Link>
          {held === undefined && <State state="unknown">Not set</State>}
        </h2>
        <p className="small soft breakable">
          {held === undefined
            ? `${counted(list.checks.length, 'check is', 'checks are')} not assessed without it.`
            : held.length === 0
              ? 'Holds nothing: nothing is allowed.'
              : held.slice(0, 6).join(', ') + (held.length > 6 ? ` and ${held.length - 6} more` : '')}
        </p>
        <p className="small quiet">
          {counted(held?.length ?? 0, 'entry', 'entries')}, {sourceWords(list)}; for{' '}
          {list.checks.map(({ id }) => id).join(', ')}
        </p>
      </div>
    </li>
  );
}
