import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Overview } from '#explorer/contract.ts';
import type { ProtectionCounts } from '#inventory/contract.ts';
import { environmentName, useEnvironment } from '../../app/environment.ts';
import { counted, risk, subjectName } from '../../ui/format.ts';
import { PageHead } from '../../ui/page-head.tsx';
import { lackReason, notProtected, lackingSentence } from '../sensor/protection-words.ts';
import { useProtection } from '../sensor/sensors.ts';
import { BrokenHead } from './broken-head.tsx';
import { type OpenIncidents, type Refused, useOpenIncidents, useRefused } from './happenings.ts';
import { briefTitle, headlineOf } from './headline.ts';

const title = 'Overview';

interface HeadProps {
  readonly overview: Overview;
  /** Words of the environment, with a blank before. */
  readonly where: string;
}

/** The one thing that needs a person now, in one sentence. */
export function OverviewHead({ overview }: { readonly overview: Overview }): ReactNode {
  const environment = useEnvironment();
  const where = environment === undefined ? '' : ` in ${environmentName(environment)}`;
  const protection = useProtection();
  const incidents = useOpenIncidents().data;
  const refused = useRefused().data;
  const head = headlineOf({ overview, protection, incidents, refused: refused?.day.denied });
  switch (head) {
    case 'incidents':
      return <IncidentsHead incidents={incidents} protection={protection} where={where} />;
    case 'refused':
      return <RefusedHead refused={refused} where={where} />;
    case 'lacking':
      return protection && <LackingHead counts={protection.preventing} where={where} />;
    case 'nothing-scanned':
      return (
        <PageHead
          title={title}
          state="unknown"
          verdict={`Nothing is scanned${where} yet.`}
          reason="The first images appear by themselves."
        />
      );
    case 'broken-rule':
      return <BrokenHead overview={overview} />;
    case 'unread':
      return (
        <PageHead
          title={title}
          state="unknown"
          verdict={`The state${where} is unknown.`}
          reason="The console did not answer about incidents, refused starts or protection. Load the page again."
        />
      );
    case 'no-database':
      return <NoDatabaseHead overview={overview} where={where} />;
    case 'unjudged':
      return <UnjudgedHead verdicts={overview.verdicts} where={where} />;
    case 'away':
      return <AwayHead overview={overview} where={where} />;
    case 'unwatched':
      return <UnwatchedHead overview={overview} where={where} unknown={protection?.all.unknown ?? 0} />;
    case 'unscanned':
      return <UnscannedHead overview={overview} where={where} />;
    case 'all-pass':
      return (
        <PageHead
          title={title}
          state="pass"
          verdict={`${passing(overview.images, where)} No incident is open.`}
          reason={worstOf(overview.newest)}
        />
      );
  }
}

function passing(images: number, where: string): string {
  return `${counted(images, 'image')}${where} ${images === 1 ? 'passes' : 'pass'}.`;
}

interface UnseenProps extends HeadProps {
  readonly what: ReactNode;
  readonly ending: string;
}

/** What is judged passes, and something is not seen: that comes first. */
function UnseenHead({ overview, where, what, ending }: UnseenProps): ReactNode {
  return (
    <PageHead
      title={title}
      state="unknown"
      verdict={
        <>
          {what} {ending}
        </>
      }
      reason={`${passing(overview.images, where)} No incident is open.`}
    />
  );
}

function AwayHead({ overview, where }: HeadProps): ReactNode {
  const { staleHosts } = overview;
  const what = (
    <Link to="/hosts" search={{ state: 'away' }}>
      {counted(staleHosts, 'host')}
    </Link>
  );
  const ending = `${where} ${staleHosts === 1 ? 'is' : 'are'} away: what is shown may be out of date.`.trim();
  return <UnseenHead overview={overview} where={where} what={what} ending={ending} />;
}

function UnwatchedHead({ overview, where, unknown }: HeadProps & { readonly unknown: number }): ReactNode {
  const what = (
    <Link to="/containers" search={{ protection: 'unknown', state: 'up' }}>
      {counted(unknown, 'running container')}
    </Link>
  );
  const ending = `${where} ${unknown === 1 ? 'is' : 'are'} of unknown protection.`.trim();
  return <UnseenHead overview={overview} where={where} what={what} ending={ending} />;
}

function UnscannedHead({ overview, where }: HeadProps): ReactNode {
  const { unscanned } = overview;
  const what = (
    <Link to="/images" search={{ verdict: 'unscanned' }}>
      {counted(unscanned, 'image')}
    </Link>
  );
  // Counted over all environments: what was never scanned may run anywhere.
  const ending = `${unscanned === 1 ? 'is' : 'are'} not scanned.`;
  return <UnseenHead overview={overview} where={where} what={what} ending={ending} />;
}

/** Without a database no verdict means anything: the state is unknown, with the next step. */
function NoDatabaseHead({ overview, where }: HeadProps): ReactNode {
  return (
    <PageHead
      title={title}
      state="unknown"
      verdict={`The risk${where} is unknown: there is no vulnerability database.`}
      reason={
        <>
          {counted(overview.images, 'image')} wait for it. The page <Link to="/feeds">Feeds</Link> says how to get one.
        </>
      }
    />
  );
}

/** Starts that gates refused in the last 24 hours, the newest with its reason. */
function RefusedHead(props: { readonly refused: Refused | undefined; readonly where: string }): ReactNode {
  const { refused, where } = props;
  const newest = refused?.decisions[0];
  return (
    <PageHead
      title={title}
      state="fail"
      verdict={
        <>
          <Link to="/deployments" search={{ answer: 'deny', since: 'day' }}>
            {counted(refused?.day.denied ?? 0, 'start')}
          </Link>
          {where} refused in 24 hours.
        </>
      }
      reason={
        newest && (
          <>
            The newest:{' '}
            <Link to="/deployments" search={{ decision: newest.id }}>
              {newest.subject}
            </Link>
            . {newest.reason}
          </>
        )
      }
    />
  );
}

/** What is unknown comes first; images that pass come after it. */
function UnjudgedHead(props: { readonly verdicts: Overview['verdicts']; readonly where: string }): ReactNode {
  const { cannotJudge, pending } = props.verdicts;
  const [verdict, number] =
    cannotJudge > 0 ? (['cannot-judge', cannotJudge] as const) : (['pending', pending] as const);
  const ending = cannotJudge > 0 ? 'cannot be judged.' : `${number === 1 ? 'is' : 'are'} not judged yet.`;
  return (
    <PageHead
      title={title}
      state="unknown"
      verdict={
        <>
          <Link to="/images" search={{ verdict }}>
            {counted(number, 'image')}
          </Link>
          {props.where} {ending}
        </>
      }
      reason={
        props.verdicts.pass === 0
          ? 'No image is judged, so whether rules are broken is unknown.'
          : `${passing(props.verdicts.pass, '')} The rest is unknown.`
      }
    />
  );
}

/** What happened outweighs what may happen: the newest open incident, and beside it what is not protected. */
function IncidentsHead(props: {
  readonly incidents: OpenIncidents | undefined;
  readonly protection: ReturnType<typeof useProtection>;
  readonly where: string;
}): ReactNode {
  const { incidents, protection, where } = props;
  const open = incidents?.open ?? 0;
  const newest = incidents?.incidents[0];
  return (
    <PageHead
      title={title}
      state="fail"
      verdict={
        <>
          <Link to="/incidents" search={{ state: 'open' }}>
            {counted(open, 'incident')}
          </Link>
          {where} {open === 1 ? 'is' : 'are'} open.
        </>
      }
      reason={
        <>
          {newest && (
            <>
              {open > 1 && 'The newest: '}
              <Link to="/incidents/$id" params={{ id: String(newest.id) }}>
                {briefTitle(newest.title)}
              </Link>{' '}
            </>
          )}
          {protection === undefined && 'Protection is unknown.'}
          {protection !== undefined && notProtected(protection.preventing) > 0 && (
            <>
              <Lacking counts={protection.preventing} where="" /> {lackReason(protection.preventing)}
            </>
          )}
        </>
      }
    />
  );
}

/** A container that is not protected outweighs a verdict on an image. */
function LackingHead({ counts, where }: { readonly counts: ProtectionCounts; readonly where: string }): ReactNode {
  return (
    <PageHead
      title={title}
      state={counts.unknown > 0 ? 'unknown' : 'fail'}
      verdict={<Lacking counts={counts} where={where} />}
      reason={lackReason(counts)}
    />
  );
}

function Lacking({ counts, where }: { readonly counts: ProtectionCounts; readonly where: string }): ReactNode {
  const lacking = notProtected(counts);
  return (
    <>
      <Link to="/containers" search={{ protection: 'not-protected', state: 'up' }}>
        {counted(lacking, 'running container')}
      </Link>
      {where} {lackingSentence(counts)}
    </>
  );
}

function worstOf(newest: Overview['newest']): string {
  const worst = newest.toSorted((a, b) => (b.worst ?? 0) - (a.worst ?? 0))[0];
  return worst?.worst === undefined
    ? 'None has a finding.'
    : `The highest risk of the newest is ${risk(worst.worst)}, in ${subjectName(worst.subject, worst.names)}.`;
}
