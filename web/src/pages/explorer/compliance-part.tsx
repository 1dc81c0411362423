import { useQuery } from '@tanstack/react-query';
import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type CheckStatus, getComplianceSummary } from '#compliance/contract.ts';
import type { Overview } from '#explorer/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import { reading } from '../../api.ts';
import { useEnvironment } from '../../app/environment.ts';
import { Failure } from '../../ui/failure.tsx';
import { count } from '../../ui/format.ts';
import { ControlsPart } from './controls-part.tsx';

/** What checks say of hosts, engines, containers and images; what nobody knows first. */
export function CompliancePart({ overview }: { readonly overview: Overview }): ReactNode {
  const environment = useEnvironment();
  const { data, error } = useQuery(reading(getComplianceSummary, { query: { environment } }));
  return (
    <section className="section">
      <header>
        <h2>Compliance</h2>
        {data !== undefined && <span className="quiet small">of {count(data.subjects)} that checks look at</span>}
      </header>
      <ControlsPart overview={overview} />
      {error !== null && data === undefined ? (
        <Failure error={error} />
      ) : data?.subjects === 0 ? (
        <p className="soft small">
          Nothing is known: no agent has reported facts that checks can judge. <Link to="/hosts">Add a host</Link>.
        </p>
      ) : (
        <ul className="unknowns" aria-busy={data === undefined}>
          <Figure
            value={data && data.unreported + data.silent + data.unanswered}
            form="unknown"
            title="not known"
            text="they run and were not reported, their hosts fell silent, or what they reported waits to be judged"
            link={{ to: '/compliance/checks', search: { has: unknownOf(data) } }}
          />
          <Figure
            value={data?.notAssessed}
            form="unknown"
            title="with checks of a rule that are not assessed"
            text="each says what would assess it"
            link={{ to: '/compliance/checks', search: { has: 'not-assessed' } }}
          />
          <Figure
            value={data?.blocked}
            form="known"
            title="with a failure that a rule blocks"
            text="by compliance rules, as they stand now"
            link={{ to: '/compliance/checks', search: { has: 'fail' } }}
          />
          <Figure
            value={data?.alerted}
            form="known"
            title="with a failure that a rule alerts on"
            text="and none that is blocked"
            link={{ to: '/compliance/checks', search: { has: 'fail' } }}
          />
        </ul>
      )}
    </section>
  );
}

/** Which of the unknown ones are shown first. */
function unknownOf(data: ReplyOf<typeof getComplianceSummary> | undefined): CheckStatus {
  if (data !== undefined && data.unreported > 0) return 'unreported';
  return data !== undefined && data.silent === 0 ? 'unanswered' : 'silent';
}

interface FigureProps {
  /** Missing: not known yet. */
  readonly value: number | undefined;
  readonly form: 'known' | 'unknown';
  readonly title: string;
  readonly text: string;
  readonly link: LinkProps;
}

/** The figure counts subjects; what its words lead to lists checks. So the figure itself is no link. */
function Figure({ value, form, title, text, link }: FigureProps): ReactNode {
  return (
    <li>
      <span className={`unknown-figure${value === 0 ? ' none' : form === 'unknown' ? ' hatch' : ''}`}>
        <span>{value === undefined ? '…' : count(value)}</span>
      </span>
      <p>
        <Link {...link} className={value === 0 ? 'soft' : 'strong'}>
          {title}
        </Link>
        <br />
        <span className="small quiet">{text}</span>
      </p>
    </li>
  );
}
