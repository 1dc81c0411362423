import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { getOverview, type Overview } from '#explorer/contract.ts';
import type { ProtectionCounts } from '#inventory/contract.ts';
import { reading } from '../../api.ts';
import { environmentName, useEnvironment } from '../../app/environment.ts';
import { ErrorState, Skeleton } from '../../ui/blank.tsx';
import { counted, count, risk, subjectName } from '../../ui/format.ts';
import { packageParts } from '../../ui/names.ts';
import { PageHead } from '../../ui/page-head.tsx';
import { NoImages } from '../image/no-images.tsx';
import { lackSentence, notProtected } from '../sensor/protection-words.ts';
import { useProtection, useProtectionReading } from '../sensor/sensors.ts';
import { DoNext } from './do-next.tsx';
import { EnvironmentCards } from './environment-cards.tsx';
import { HowItStands } from './how-it-stands.tsx';
import { NewestScans } from './newest-scans.tsx';
import { Unknowns } from './unknowns.tsx';
import './overview-page.css';

const title = 'Overview';

/** Four questions: how does it stand, what to do next, what is new, what does nobody know. */
export function OverviewPage(): ReactNode {
  const environment = useEnvironment();
  const { data, error, refetch } = useQuery(reading(getOverview, { query: { environment } }));
  const { isPending } = useProtectionReading();
  if (error && data === undefined) return <ErrorState error={error} retry={() => void refetch()} />;
  if (data === undefined || isPending) {
    return (
      <div aria-busy="true">
        <PageHead title={title} verdict={<Skeleton width={420} />} />
        <p className="section">
          <Skeleton width={480} />
        </p>
      </div>
    );
  }
  return (
    <>
      <OverviewHead overview={data} />
      {data.images === 0 && data.unscanned === 0 ? (
        <NoImages filtered={environment !== undefined} unscanned={0} />
      ) : (
        <div className="split overview-split">
          <div>
            <EnvironmentCards overview={data} />
            <HowItStands overview={data} />
            <NewestScans overview={data} />
          </div>
          <div>
            <DoNext overview={data} />
            <Unknowns overview={data} />
          </div>
        </div>
      )}
    </>
  );
}

/** At most one thing that needs a person today. */
function OverviewHead({ overview }: { readonly overview: Overview }): ReactNode {
  const { verdicts, images, newest, upgrades } = overview;
  const environment = useEnvironment();
  const where = environment === undefined ? '' : ` in ${environmentName(environment)}`;
  const protection = useProtection();
  if (protection !== undefined && notProtected(protection.preventing) > 0)
    return <LackingHead counts={protection.preventing} where={where} />;
  if (images === 0) {
    return (
      <PageHead
        title={title}
        state="unknown"
        verdict={`Nothing is scanned${where} yet.`}
        reason="The first images appear by themselves."
      />
    );
  }
  if (verdicts.fail > 0) {
    const first = upgrades[0];
    return (
      <PageHead
        title={title}
        state="fail"
        verdict={
          <>
            <Link to="/images" search={{ verdict: 'fail' }}>
              {count(verdicts.fail)} of {counted(images, 'image')}
            </Link>
            {where} {verdicts.fail === 1 ? 'breaks' : 'break'} the rules.
          </>
        }
        reason={
          first === undefined
            ? 'No upgrade is known that removes a finding.'
            : `${packageParts(first.type, first.package).own} ${first.to} alone removes ${counted(first.removes, 'finding')}.`
        }
      />
    );
  }
  if (verdicts.cannotJudge + verdicts.pending > 0) return <UnjudgedHead verdicts={verdicts} where={where} />;
  return (
    <PageHead
      title={title}
      state="pass"
      verdict={`${counted(images, 'image')}${where} ${images === 1 ? 'passes' : 'pass'}.`}
      reason={worstOf(newest)}
    />
  );
}

/** What is not known comes first; that no judged image fails is said after it. */
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
      reason="No image that is judged breaks the rules."
    />
  );
}

/** A container that is not protected outweighs a verdict on an image. */
function LackingHead({ counts, where }: { readonly counts: ProtectionCounts; readonly where: string }): ReactNode {
  const lacking = notProtected(counts);
  return (
    <PageHead
      title={title}
      state={counts.unknown > 0 ? 'unknown' : 'fail'}
      verdict={
        <>
          <Link to="/containers" search={{ protection: 'not-protected', state: 'up' }}>
            {counted(lacking, 'running container')}
          </Link>
          {where}{' '}
          {lacking === 1
            ? 'is not known to be protected as its rule asks.'
            : 'are not known to be protected as their rules ask.'}
        </>
      }
      reason={`${lackSentence(counts)}.`}
    />
  );
}

function worstOf(newest: Overview['newest']): string {
  const worst = newest.toSorted((a, b) => (b.worst ?? 0) - (a.worst ?? 0))[0];
  return worst?.worst === undefined
    ? 'None has a finding.'
    : `The highest risk of the newest is ${risk(worst.worst)}, in ${subjectName(worst.subject, worst.names)}.`;
}
