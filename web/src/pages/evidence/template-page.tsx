import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { getTemplateEvidence, listEvidenceTemplates, stripDays } from '#explorer/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import { reading } from '../../api.ts';
import { useEnvironment } from '../../app/environment.ts';
import { FilteredTable } from '../../app/filtered-table.tsx';
import { scopeFilters } from '../../app/scope-filter.ts';
import { EmptyState, ErrorState } from '../../ui/blank.tsx';
import { useNow } from '../../ui/clock.ts';
import { count, counted } from '../../ui/format.ts';
import { When } from '../../ui/marks.tsx';
import { Fact, PageHead, WaitingHead } from '../../ui/page-head.tsx';
import { ComplianceTabs } from '../compliance/compliance-tabs.tsx';
import { type ControlRow, controlColumns } from './control-columns.tsx';
import { dayOf, slotsOf, withToday } from './days.ts';
import { askedOf, firstTemplate, isPast, type TemplateSearch } from './evidence-search.ts';
import { RateFigure, Rates } from './rates.tsx';
import { ReviewMark } from './review-mark.tsx';
import { PackageButton } from './save-evidence.tsx';
import { AsOf, DeletedNote, PastNote, PendingNote, TemplateChoice, useChange } from './scope-bar.tsx';
import { controlWords } from './standing.ts';
import { headOf, sumsOf, worstFirst } from './template-standing.ts';
import './evidence.css';

const title = 'Compliance Explorer';
const route = getRouteApi('/inside/compliance');

type Evidence = ReplyOf<typeof getTemplateEvidence>;

/** Every control of a template, the worst first, with rate and coverage beside each other. */
export function TemplatePage(): ReactNode {
  const search = route.useSearch();
  const { template = firstTemplate, application, at, known } = search;
  const environment = useEnvironment();
  const now = useNow();
  const scope = { application, at, known };
  const asked = { params: { template }, query: askedOf(scope, { environment, now }) };
  const templates = useQuery({ ...reading(listEvidenceTemplates), staleTime: Infinity });
  const { data, error, refetch } = useQuery(reading(getTemplateEvidence, asked));
  const bar = (
    <div className="scope-bar">
      <TemplateChoice templates={templates.data?.templates ?? []} chosen={template} />
      <AsOf scope={scope} />
      <OrderChoice order={search.order} />
    </div>
  );
  return (
    <>
      {data === undefined ? error === null && <WaitingHead title={title} /> : <Head evidence={data} search={search} />}
      <ComplianceTabs current="controls" kept={{ template: search.template, application }} />
      {bar}
      <PastNote scope={scope} />
      <DeletedNote template={data?.template} />
      <PendingNote pending={data?.pending} />
      {data === undefined ? (
        error !== null && <ErrorState error={error} retry={() => void refetch()} />
      ) : (
        <Controls evidence={data} search={search} />
      )}
    </>
  );
}

function OrderChoice({ order }: Pick<TemplateSearch, 'order'>): ReactNode {
  const change = useChange();
  return (
    <label className="field">
      Order
      <select value={order ?? ''} onChange={({ currentTarget }) => change({ order: currentTarget.value || undefined })}>
        <option value="">worst first</option>
        <option value="template">as in the template</option>
      </select>
    </label>
  );
}

interface HeadProps {
  readonly evidence: Evidence;
  readonly search: TemplateSearch;
}

function Head({ evidence: { template, controls, computedAt }, search }: HeadProps): ReactNode {
  const now = useNow();
  const { state, parts } = headOf(controls);
  const [worst, ...others] = parts.map(({ state: one, number, words }, index) => (
    <span key={one}>
      <Link to="/compliance" search={{ ...search, state: one }} resetScroll={false}>
        {count(number)}
      </Link>{' '}
      {words}
      {index === parts.length - 1 ? '.' : index === 0 && parts.length > 1 ? ',' : ', '}
    </span>
  ));
  return (
    <>
      <PageHead
        title={title}
        crumbs={
          <>
            <span>{title}</span> <span aria-hidden="true">/</span> <span>{template.title}</span>
          </>
        }
        state={state}
        verdict={worst ?? 'This template has no control.'}
        reason={others}
        facts={
          <>
            {template.standing !== 'reviewed' && (
              <Fact name="Standing">
                <ReviewMark standing={template.standing} />
              </Fact>
            )}
            <Fact name="Template">{template.summary}</Fact>
            {!isPast(search, now) && (
              <Fact name="Computed">
                <When moment={computedAt} />
              </Fact>
            )}
          </>
        }
        actions={<PackageButton template={template.id} scope={search} />}
      />
      <TemplateRates controls={controls} />
    </>
  );
}

/** Rate, coverage and answers over all controls, in one size. */
function TemplateRates({ controls }: Pick<Evidence, 'controls'>): ReactNode {
  const sums = sumsOf(controls);
  return (
    <section className="section template-rates" aria-label="Rate and coverage of all controls">
      <Rates>
        <RateFigure name="Rate" value={sums.rate}>
          {count(sums.passed)} of {count(sums.assessed)} that were assessed pass
        </RateFigure>
        <RateFigure name="Coverage" value={sums.coverage}>
          {count(sums.assessed)} of {count(sums.applicable)} are assessed
        </RateFigure>
        <RateFigure
          name="Questions answered"
          value={sums.questions === 0 ? undefined : (sums.questions - sums.unanswered) / sums.questions}
        >
          {sums.unanswered === 0
            ? `all ${counted(sums.questions, 'required question')}`
            : `${count(sums.unanswered)} of ${counted(sums.questions, 'required question')} without a full answer`}
        </RateFigure>
      </Rates>
      <p className="quiet small">A subject counts once for each control that applies to it.</p>
    </section>
  );
}

function Controls({ evidence, search }: HeadProps): ReactNode {
  const { template, application, at, known } = search;
  const { standing } = evidence.template;
  const now = useNow();
  const today = dayOf(now);
  const { daysMissing } = evidence;
  const days = daysMissing === undefined ? 'kept' : 'none';
  const columns = useMemo(
    () => controlColumns({ template: template ?? firstTemplate, standing, scope: { application, at, known }, days }),
    [template, standing, application, at, known, days],
  );
  const rows = useMemo((): readonly ControlRow[] => {
    const until = at === undefined || at > today ? today : at;
    const all = evidence.controls.map(({ days: records, ...control }) => ({
      ...control,
      slots: slotsOf(until === today ? withToday(records, { ...control, day: today }) : records, {
        until,
        length: stripDays,
      }),
    }));
    return search.order === 'template' ? all : worstFirst(all);
  }, [evidence, at, today, search.order]);
  return (
    <div className="section bare controls">
      {daysMissing !== undefined && <p className="soft small">{daysMissing}</p>}
      <FilteredTable<ControlRow, TemplateSearch>
        name={`Controls of ${evidence.template.title}`}
        noun={['control', 'controls']}
        search={search}
        searchFor="control, its number or reason"
        textOf={({ id, title: name, reason }) => `${id} ${name} ${reason}`}
        filters={[
          { id: 'state', name: 'State', options: Object.entries(controlWords) },
          ...scopeFilters.filter(({ id }) => id === 'application'),
        ]}
        passes={({ state }, { state: wanted }) => wanted === undefined || state === wanted}
        rows={rows}
        columns={columns}
        keyOf={({ id }) => id}
        exported="yes"
        empty={
          <EmptyState icon="tick" title="Controls appear here with the questions that decide them">
            <p className="soft">
              This template has none yet. <Link to="/compliance">NIST SP 800-190</Link> has 24.
            </p>
          </EmptyState>
        }
      />
    </div>
  );
}
