import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type ReactNode, useMemo, useState } from 'react';
import { listEvidenceChanges, listEvidenceTemplates } from '#explorer/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import { reading } from '../../api.ts';
import { useEnvironment } from '../../app/environment.ts';
import { listPage, rowsOf } from '../../app/list-page.tsx';
import { scopeFilters } from '../../app/scope-filter.ts';
import { ErrorState } from '../../ui/blank.tsx';
import { useNow } from '../../ui/clock.ts';
import { counted } from '../../ui/format.ts';
import { PageHead, WaitingHead } from '../../ui/page-head.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { State } from '../../ui/state-mark.tsx';
import { ComplianceTabs } from '../compliance/compliance-tabs.tsx';
import { changeColumns, type ChangeRow, movedColumns } from './change-columns.tsx';
import { changesHead, spanOf } from './changes.ts';
import { dayName } from './days.ts';
import { type ChangesSearch, firstTemplate } from './evidence-search.ts';
import { DayField, TemplateChoice, useChange } from './scope-bar.tsx';
import './evidence.css';

const title = 'What changed';
const route = getRouteApi('/inside/compliance/changes');

type Changes = ReplyOf<typeof listEvidenceChanges>;

/** What changed of a template between two days: controls first, then the answers that did it. */
export function ChangesPage(): ReactNode {
  const search = route.useSearch();
  const { template = firstTemplate, application, control } = search;
  const environment = useEnvironment();
  const [openedAt] = useState(Date.now);
  const span = spanOf(search, new Date(openedAt));
  const templates = useQuery({ ...reading(listEvidenceTemplates), staleTime: Infinity }).data?.templates;
  const params = { template };
  const query = { environment, application, control, from: span.from, to: span.to, limit: 1 };
  const { data, error, refetch } = useQuery(reading(listEvidenceChanges, { params, query }));
  const List = useMemo(() => changeList(template), [template]);
  const change = useChange();
  return (
    <>
      {data === undefined ? (
        error === null && <WaitingHead title={title} />
      ) : (
        <Head
          changes={data}
          search={search}
          template={templates?.find(({ id }) => id === template)?.title ?? template}
        />
      )}
      <ComplianceTabs current="changes" kept={{ template: search.template, application }} />
      <div className="scope-bar">
        <TemplateChoice templates={templates ?? []} chosen={template} />
        <DayField name="From the end of" day={span.first} choose={(from) => change({ from })} />
        <DayField name="To the end of" day={span.last} choose={(to) => change({ to })} />
      </div>
      {data === undefined ? (
        error !== null && <ErrorState error={error} retry={() => void refetch()} />
      ) : (
        <>
          <Moved controls={data.controls} template={template} search={search} />
          <section className="section flush changes" aria-labelledby="answers">
            <header>
              <h2 id="answers">Answers</h2>
              <span className="quiet small">those that changed, the newest first</span>
            </header>
            <List search={search} open={() => undefined} />
          </section>
        </>
      )}
    </>
  );
}

interface HeadProps {
  readonly changes: Changes;
  readonly search: ChangesSearch;
  readonly template: string;
}

function Head({ changes, search, template }: HeadProps): ReactNode {
  const { first, last } = spanOf(search, useNow());
  const { state, verdict, reason } = changesHead(changes.controls);
  return (
    <PageHead
      title={title}
      crumbs={
        <>
          <Link to="/compliance">Compliance Explorer</Link> <span aria-hidden="true">/</span> <span>{template}</span>{' '}
          <span aria-hidden="true">/</span> <span>{title}</span>
        </>
      }
      {...(state !== undefined && { state })}
      verdict={verdict}
      reason={`${reason} ${counted(changes.total, 'answer')} changed from ${dayName(first)} to ${dayName(last)}.`}
    />
  );
}

interface MovedProps {
  readonly controls: Changes['controls'];
  readonly template: string;
  readonly search: ChangesSearch;
}

function Moved({ controls, template, search }: MovedProps): ReactNode {
  return (
    <section className="section flush" aria-labelledby="moved">
      <header>
        <h2 id="moved">Controls</h2>
      </header>
      {controls.length === 0 ? (
        <p className="below soft">
          <State state="unknown">No control stands otherwise</State> Answers of single subjects may have changed all the
          same; they are below.
        </p>
      ) : (
        <PlainTable
          name="Controls that changed"
          rows={controls}
          columns={movedColumns({ template, application: search.application })}
          keyOf={({ id }) => id}
        />
      )}
    </section>
  );
}

function changeList(template: string) {
  return listPage<ChangeRow, ChangesSearch>({
    name: 'Answers that changed',
    noun: ['answer', 'answers'],
    columns: changeColumns,
    heights: [46, 178],
    filters: scopeFilters.filter(({ id }) => id === 'application'),
    others: [{ id: 'control', name: 'Control' }],
    about: ['template', 'from', 'to'],
    source: (search, { environment, openedAt }) => {
      const { from, to } = spanOf(search, new Date(openedAt));
      const { application, control } = search;
      return rowsOf(
        listEvidenceChanges,
        { params: { template }, query: { environment, application, control, from, to } },
        {
          keyOf: ({ kind, host, id, check, receivedAt }) => `${kind} ${host} ${id} ${check} ${receivedAt}`,
          pageOf: ({ total, changes }) => ({ total, rows: changes }),
        },
      );
    },
    empty: {
      icon: 'tick',
      title: 'No answer changed between these days',
      body: <p className="soft">Choose an earlier day to begin with. An answer that stays as it was is not listed.</p>,
    },
  });
}
