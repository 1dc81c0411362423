import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { getControl, listEvidenceTemplates, listSubjectsOfControl, type QuestionSummary } from '#explorer/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import { reading } from '../../api.ts';
import { useEnvironment } from '../../app/environment.ts';
import { listPage, rowsOf } from '../../app/list-page.tsx';
import { scopeFilters } from '../../app/scope-filter.ts';
import { ErrorState } from '../../ui/blank.tsx';
import { useNow } from '../../ui/clock.ts';
import { DetailPane } from '../../ui/detail-pane.tsx';
import type { Option } from '../../ui/filter-choice.ts';
import { WaitingHead } from '../../ui/page-head.tsx';
import { stateMarks } from '../compliance/check-words.ts';
import { ControlHead } from './control-head.tsx';
import { ControlHistory } from './control-history.tsx';
import { askedOf, type ControlSearch, type EvidenceScope } from './evidence-search.ts';
import { Questions } from './questions.tsx';
import { PackageButton } from './save-evidence.tsx';
import { AsOf, DeletedNote, PastNote, PendingNote, useChange } from './scope-bar.tsx';
import { answerOrder } from './standing.ts';
import { subjectColumns } from './subject-columns.tsx';
import { SubjectDetail } from './subject-detail.tsx';
import { subjectOfText, textOfSubject } from './subject-key.ts';
import './evidence.css';

const route = getRouteApi('/inside/compliance/controls/$template/$control');
/** Of the page, until the control has told its own. */
const title = 'Control';

type SubjectRow = ReplyOf<typeof listSubjectsOfControl>['subjects'][number];

interface Shown {
  readonly template: string;
  readonly control: string;
  readonly now: Date;
}

/** One control: its state, its history with the gaps, its questions, and its subjects with the evidence. */
export function ControlPage(): ReactNode {
  const params = route.useParams();
  const search = route.useSearch();
  const environment = useEnvironment();
  const now = useNow();
  const asked = askedOf(search, { environment, now });
  const { data, error, refetch } = useQuery(reading(getControl, { params, query: asked }));
  const templates = useQuery({ ...reading(listEvidenceTemplates), staleTime: Infinity }).data?.templates;
  const template = templates?.find(({ id }) => id === params.template);
  const crumbs = <Crumbs template={{ id: params.template, ...template }} scope={search} control={data?.control} />;
  if (data === undefined)
    return error === null ? (
      <WaitingHead title={title} crumbs={crumbs} />
    ) : (
      <>
        <div className="scope-bar">
          <AsOf scope={search} />
        </div>
        <ErrorState error={error} retry={() => void refetch()} />
      </>
    );
  return (
    <>
      <ControlHead
        template={template}
        control={data.control}
        computedAt={data.computedAt}
        crumbs={crumbs}
        search={search}
        actions={
          <>
            <PackageButton template={params.template} scope={search} />
            <Link
              className="btn"
              to="/compliance/changes"
              search={{ template: params.template, control: params.control, from: search.at }}
            >
              What changed
            </Link>
          </>
        }
      />
      <div className="scope-bar">
        <AsOf scope={search} />
      </div>
      <PastNote scope={search} />
      <DeletedNote template={template} />
      <PendingNote pending={data.pending} />
      <ControlHistory reply={data} search={search} />
      {data.control.state !== 'not-assessed' && <Questions questions={data.questions} search={search} />}
      {data.control.state === 'not-assessed' || template?.deletedAt !== undefined ? null : (
        <Subjects shown={{ ...params, now }} search={search} questions={data.questions} />
      )}
    </>
  );
}

interface CrumbsProps {
  readonly template: { readonly id: string; readonly title?: string };
  readonly scope: EvidenceScope;
  readonly control: { readonly id: string; readonly title: string } | undefined;
}

function Crumbs({ template, scope: { application, at, known }, control }: CrumbsProps): ReactNode {
  return (
    <>
      <Link to="/compliance" search={{ application, at, known }}>
        Compliance Explorer
      </Link>{' '}
      <span aria-hidden="true">/</span>{' '}
      <Link to="/compliance" search={{ template: template.id, application, at, known }}>
        {template.title ?? template.id}
      </Link>{' '}
      <span aria-hidden="true">/</span> <span>{control && `${control.id} ${control.title}`}</span>
    </>
  );
}

interface SubjectsProps {
  readonly shown: Shown;
  readonly search: ControlSearch;
  readonly questions: readonly QuestionSummary[];
}

/** Subjects, the worst first, page by page; the one that is open beside them. */
function Subjects({ shown, search, questions }: SubjectsProps): ReactNode {
  const { template, control } = shown;
  // A new answer makes no new list: the one that is read stays where it was.
  const options = JSON.stringify(questions.map(({ id, text }) => [id, text]));
  const List = useMemo(
    () => subjectList({ template, control }, JSON.parse(options) as readonly Option[]),
    [template, control, options],
  );
  const change = useChange();
  const environment = useEnvironment();
  const opened = subjectOfText(search.subject);
  return (
    <section className="section flush subjects" id="subjects" aria-labelledby="subjects-head">
      <header>
        <h2 id="subjects-head">Subjects</h2>
        <span className="quiet small">the worst first</span>
      </header>
      <List search={search} selected={search.subject} open={(row) => change({ subject: textOfSubject(row) })} />
      <DetailPane
        place="over"
        title="Evidence"
        kind="Evidence"
        opened={opened !== undefined}
        close={() => change({ subject: undefined })}
      >
        {opened !== undefined && (
          <SubjectDetail
            params={{ template, control }}
            asked={askedOf(search, { environment, now: shown.now })}
            subject={opened}
            questions={questions}
          />
        )}
      </DetailPane>
    </section>
  );
}

function subjectList(params: Omit<Shown, 'now'>, questions: readonly Option[]) {
  return listPage<SubjectRow, ControlSearch>({
    name: 'Subjects',
    noun: ['subject', 'subjects'],
    columns: subjectColumns,
    heights: [46, 196],
    filters: [
      { id: 'state', name: 'State', options: answerOrder.map((state) => [state, stateMarks[state].word] as const) },
      { id: 'question', name: 'Question', options: questions },
      ...scopeFilters.filter(({ id }) => id === 'application' || id === 'host'),
    ],
    details: ['subject'],
    views: ['at', 'known'],
    source: ({ state, question, host, ...search }, { environment, openedAt }) =>
      rowsOf(
        listSubjectsOfControl,
        { params, query: { ...askedOf(search, { environment, now: new Date(openedAt) }), state, question, host } },
        { keyOf: textOfSubject, pageOf: ({ total, subjects }) => ({ total, rows: subjects }) },
      ),
    empty: {
      icon: 'tick',
      title: 'Subjects appear here as hosts report them',
      body: (
        <p className="soft">
          What this control applies to has not been reported. Join a host on the page <Link to="/hosts">Hosts</Link>.
        </p>
      ),
    },
  });
}
