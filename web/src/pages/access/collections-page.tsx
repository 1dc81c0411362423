import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { type Collection, deleteCollection, listCollections } from '#access/contract.ts';
import { ask, reading } from '../../api.ts';
import { useMe } from '../../app/session.ts';
import { AskOnce, type Asked } from '../../ui/ask-once.tsx';
import { ErrorState } from '../../ui/blank.tsx';
import type { Column } from '../../ui/columns.ts';
import { DetailPane } from '../../ui/detail-pane.tsx';
import { counted } from '../../ui/format.ts';
import { Icon } from '../../ui/icon.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { idFor } from '../../app/id-for.ts';
import { CollectionForm } from './collection-form.tsx';
import { CollectionMatches } from './collection-matches.tsx';
import { selectsInWords } from './collection-text.ts';
import './collections-page.css';

const route = getRouteApi('/inside/collections');
const title = 'Collections';
/** The collection that comes with every console. */
const builtIn = 'all';

/** Named parts of the estate: what they select, how many images that is, and the form that changes one. */
export function CollectionsPage(): ReactNode {
  const { data, error, refetch } = useQuery(reading(listCollections));
  const { collection: opened } = route.useSearch();
  const navigate = route.useNavigate();
  const mayWrite = useMe()?.permissions.includes('write-rules') === true;
  const [asked, setAsked] = useState<Asked>();
  const remove = useRemove(setAsked);
  if (error && data === undefined) return <ErrorState error={error} retry={() => void refetch()} />;
  const all = data?.collections;
  const chosen = all?.find(({ id }) => id === opened && id !== builtIn);
  const editing = mayWrite && (chosen !== undefined || opened === 'new');
  const close = (): void => void navigate({ search: {}, resetScroll: false });
  return (
    <>
      <CollectionsHead collections={all} mayWrite={mayWrite} />
      <div className={editing ? 'split ranked collections' : 'split collections'}>
        <div className="section bare">
          <PlainTable
            name={title}
            rows={all}
            columns={columnsOf(mayWrite ? remove : undefined)}
            keyOf={({ id }) => id}
          />
          {all?.length === 1 && <Teaching />}
        </div>
        {editing && (
          <DetailPane title="Collection" kind="Collection" opened close={close} place="beside">
            <div className="d-head">
              <h2>{chosen === undefined ? 'New collection' : `Change ${chosen.name}`}</h2>
              <CollectionForm
                key={chosen?.id ?? 'new'}
                collection={chosen}
                idFor={(name) => idFor(name, all?.map(({ id }) => id) ?? [])}
                done={close}
                cancel={close}
              />
            </div>
          </DetailPane>
        )}
      </div>
      <AskOnce asked={asked} close={() => setAsked(undefined)} />
    </>
  );
}

function CollectionsHead(props: {
  readonly collections: readonly Collection[] | undefined;
  readonly mayWrite: boolean;
}): ReactNode {
  const own = props.collections?.filter(({ id }) => id !== builtIn).length;
  return (
    <PageHead
      title={title}
      verdict={
        own === undefined
          ? ''
          : own === 0
            ? 'There is no collection of your own yet.'
            : `${counted(own, 'collection')} of your own.`
      }
      reason="Rules, views and what people see are narrowed by them."
      actions={
        props.mayWrite && (
          <Link className="btn primary" to="/collections" search={{ collection: 'new' }} resetScroll={false}>
            <Icon name="plus" />
            New collection
          </Link>
        )
      }
    />
  );
}

function Teaching(): ReactNode {
  return (
    <p className="section soft">
      A collection is a named part of the estate: an application, a team, an environment. Give it a name and patterns
      such as <code>registry.example/shop/*</code>, then choose it as the scope of a policy, as a filter of a list, or
      as what a user sees.
    </p>
  );
}

function useRemove(askFirst: (asked: Asked) => void): (collection: Collection) => void {
  const queries = useQueryClient();
  return ({ id, name }) =>
    askFirst({
      title: `Delete ${name}?`,
      consequence: 'Nothing is deleted that it selects. It stays while a user, token, policy or exception names it.',
      act: 'Delete',
      run: async () => {
        await ask(deleteCollection, { params: { id } });
        await queries.invalidateQueries({ queryKey: reading(listCollections).queryKey });
      },
    });
}

function columnsOf(remove: ((collection: Collection) => void) | undefined): readonly Column<Collection>[] {
  return [
    {
      id: 'name',
      name: 'Collection',
      className: 'breakable',
      heads: 'row',
      cell: (one) => (
        <>
          <span className="strong">{one.name}</span> {one.id === builtIn && <span className="mark">built in</span>}
          {one.description !== '' && <span className="l2 quiet">{one.description}</span>}
        </>
      ),
    },
    {
      id: 'selects',
      name: 'Selects',
      className: 'soft breakable',
      cell: (one) => (
        <>
          {selectsInWords(one.selects)}
          {one.environment !== undefined && (
            <span className="l2">
              these hosts are in <span className="mark">{one.environment}</span>
            </span>
          )}
        </>
      ),
    },
    { id: 'images', name: 'Images', className: 'num', cell: (one) => <CollectionMatches id={one.id} /> },
    {
      id: 'actions',
      name: 'Change',
      quietHead: 'yes',
      className: 'end nowrap',
      cell: (one) =>
        remove !== undefined &&
        one.id !== builtIn && (
          <>
            <Link
              className="btn plain"
              to="/collections"
              search={{ collection: one.id }}
              resetScroll={false}
              aria-label={`Change ${one.name}`}
            >
              Change…
            </Link>
            <button type="button" className="btn plain" aria-label={`Delete ${one.name}`} onClick={() => remove(one)}>
              Delete…
            </button>
          </>
        ),
    },
  ];
}
