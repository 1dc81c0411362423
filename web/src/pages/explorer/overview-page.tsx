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
            <DoNext upgrades={data.upgrades} findings={data.findings} />
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
  if (protection !== undefined && notProtected(protection.preventing) > 0)
    return <LackingHead counts={protection.preventing} where={where} />;
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
  const open = verdicts.cannotJudge + verdicts.pending;
  if (open > 0) {
    return (
      <PageHead
        title={title}
        state="unknown"
        verdict={`No image${where} breaks the rules,`}
        reason={`and ${counted(open, 'image')} could not be judged.`}
      />
    );
  }
  return (
    <PageHead
      title={title}
      state="pass"
      verdict={`${counted(images, 'image')}${where} ${images === 1 ? 'passes' : 'pass'}.`}
      reason={worstOf(newest)}
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
      reason={`${lackSentence(counts)}, by what their sensors reported.`}
    />
  );
}

function worstOf(newest: Overview['newest']): string {
  const worst = newest.toSorted((a, b) => (b.worst ?? 0) - (a.worst ?? 0))[0];
  return worst?.worst === undefined
    ? 'None has a finding.'
    : `The highest risk of the newest is ${risk(worst.worst)}, in ${subjectName(worst.subject, worst.names)}.`;
}
