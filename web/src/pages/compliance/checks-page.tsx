import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { checkSeverities, listChecks, type ListedTemplate, listFindingsByCheck } from '#compliance/contract.ts';
import { reading } from '../../api.ts';
import { useEnvironment } from '../../app/environment.ts';
import { FilteredTable } from '../../app/filtered-table.tsx';
import { isMeant } from '../../app/meant-check.ts';
import { EmptyState, ErrorState } from '../../ui/blank.tsx';
import { DetailPane } from '../../ui/detail-pane.tsx';
import type { FilterChoice } from '../../ui/filter-choice.ts';
import { PageHead, WaitingHead } from '../../ui/page-head.tsx';
import { severityWords } from '../../ui/severity.tsx';
import { checkColumns } from './check-columns.tsx';
import { CheckDetail } from './check-detail.tsx';
import { type CheckRow, headOf, passes, rowsOf, subjectsOf } from './check-rows.ts';
import { statusMarks, subjectKindWords } from './check-words.ts';
import type { ChecksSearch } from './checks-search.ts';
import { ComplianceTabs } from './compliance-tabs.tsx';
import { CheckExceptions } from './exceptions-view.tsx';
import './compliance.css';

const title = 'Compliance';
const route = getRouteApi('/inside/compliance/checks');

/** Checks, and other views of them: what is excepted. */
export function ChecksPage(): ReactNode {
  const { view } = route.useSearch();
  return view === 'exceptions' ? (
    <CheckExceptions tabs={<ComplianceTabs current="exceptions" />} />
  ) : (
    <Checks tabs={<ComplianceTabs current="checks" />} />
  );
}

/** Every check with its subjects by how they stand, what needs a person first. */
function Checks({ tabs }: { readonly tabs: ReactNode }): ReactNode {
  const environment = useEnvironment();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const catalogue = useQuery({ ...reading(listChecks), staleTime: Infinity });
  const findings = useQuery(reading(listFindingsByCheck, { query: { environment } }));
  const error = catalogue.error ?? findings.error;
  const rows = useMemo(
    () => catalogue.data && findings.data && rowsOf(catalogue.data.checks, findings.data.checks),
    [catalogue.data, findings.data],
  );
  if (error !== null && rows === undefined)
    return <ErrorState error={error} retry={() => void Promise.all([catalogue.refetch(), findings.refetch()])} />;
  const opened = rows?.find(({ check }) => check.id === search.check);
  return (
    <>
      <Head rows={rows} />
      {tabs}
      <div className="section bare checks">
        <FilteredTable<CheckRow, ChecksSearch>
          name="Checks"
          noun={['check', 'checks']}
          search={search}
          searchFor="check, or its number: 41, 5.1, 597"
          textOf={({ check }) => check.title}
          finds={({ check }, wanted) => isMeant(check, wanted)}
          filters={filtersWith(catalogue.data?.templates ?? [])}
          passes={passes}
          rows={rows !== undefined && rows.every((row) => subjectsOf(row) === 0) ? [] : rows}
          columns={checkColumns}
          keyOf={({ check }) => check.id}
          empty={<NoSubjects />}
        />
      </div>
      <DetailPane
        place="over"
        title={opened?.check.title ?? 'Check'}
        kind="Check"
        opened={search.check !== undefined && rows !== undefined}
        close={() =>
          void navigate({
            search: (before) => ({ ...before, check: undefined, status: undefined }),
            replace: true,
            resetScroll: false,
          })
        }
      >
        {opened === undefined ? (
          <div className="d-head">
            <h2>There is no check {search.check}</h2>
            <p className="soft">Another release may have had it. Search the list for what it asked.</p>
          </div>
        ) : (
          <CheckDetail row={opened} status={search.status} />
        )}
      </DetailPane>
    </>
  );
}

function Head({ rows }: { readonly rows: readonly CheckRow[] | undefined }): ReactNode {
  if (rows === undefined) return <WaitingHead title={title} />;
  const { state, word, sentence } = headOf(rows);
  return (
    <PageHead
      title={title}
      state={state}
      verdict={word}
      reason={sentence}
      actions={
        <Link className="btn" to="/compliance-rules">
          Compliance rules
        </Link>
      }
    />
  );
}

function filtersWith(templates: readonly ListedTemplate[]): readonly FilterChoice[] {
  const words = (record: Readonly<Record<string, string>>) => Object.entries(record);
  return [
    {
      id: 'has',
      name: 'Subjects that',
      options: Object.entries(statusMarks).map(([status, { word }]) => [status, word] as const),
    },
    { id: 'severity', name: 'Severity', options: checkSeverities.map((one) => [one, severityWords[one]] as const) },
    { id: 'subject', name: 'Subject', options: words(subjectKindWords) },
    { id: 'template', name: 'Template', options: templates.map(({ id, title: name }) => [id, name] as const) },
  ];
}

function NoSubjects(): ReactNode {
  return (
    <EmptyState icon="tick" title="Checks appear here with what they find">
      <p className="soft">
        Agents report facts of hosts, engines and containers, and checks judge them within seconds. One command on a
        host joins it: <Link to="/hosts">add a host</Link>. Without an agent, one command judges what is on a machine:
      </p>
      <div className="command">
        <code>seawall compliance host</code>
      </div>
    </EmptyState>
  );
}
