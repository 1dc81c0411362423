import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { listImages, type Overview } from '#explorer/contract.ts';
import { packageParts } from '#ecosystems/contract.ts';
import { reading } from '../../api.ts';
import { environmentName, useEnvironment } from '../../app/environment.ts';
import { count, counted, subjectName } from '../../ui/format.ts';
import { PageHead, WaitingHead } from '../../ui/page-head.tsx';
import { brokenIn, firstSentence } from './headline.ts';

const title = 'Overview';

/** The image that breaks the rules with the most risk, where it does, and why; how many others do; what helps most. */
export function BrokenHead({ overview }: { readonly overview: Overview }): ReactNode {
  const where = brokenIn(overview, useEnvironment());
  const query = { environment: where.environment, verdict: 'fail', sort: 'risk', limit: 1 } as const;
  const running = useQuery(reading(listImages, { query: { ...query, running: 'true' } }));
  const anywhere = useQuery({ ...reading(listImages, { query }), enabled: running.data?.total === 0 });
  const reply = running.data?.total === 0 ? anywhere.data : running.data;
  if (reply === undefined && !running.isError && !anywhere.isError) return <WaitingHead title={title} />;
  const image = reply?.images[0];
  const place = where.environment === undefined ? '' : ` in ${environmentName(where.environment)}`;
  const search = { environment: where.environment, verdict: 'fail' } as const;
  if (image === undefined) {
    return (
      <PageHead
        title={title}
        state="fail"
        verdict={
          <>
            <Link to="/images" search={search}>
              {counted(where.fail, 'image')}
            </Link>
            {place} {where.fail === 1 ? 'breaks' : 'break'} the rules.
          </>
        }
        reason={upgradeSentence(overview)}
      />
    );
  }
  const runs = running.data?.total === 0 ? 'on disk only' : 'running';
  return (
    <PageHead
      title={title}
      state="fail"
      verdict={
        <>
          <Link to="/images/$subject" params={{ subject: image.subject }}>
            {subjectName(image.subject, image.names)}
          </Link>
          {place} ({runs}) breaks the rules.
        </>
      }
      reason={
        <>
          {image.reason !== undefined && `${firstSentence(image.reason)} `}
          {where.fail > 1 && (
            <>
              <Link to="/images" search={search}>
                {count(where.fail)} of {counted(where.images, 'image')}
              </Link>
              {place} break the rules.{' '}
            </>
          )}
          {upgradeSentence(overview)}
        </>
      }
    />
  );
}

function upgradeSentence({ upgrades: [first] }: Overview): string {
  if (first === undefined) return 'No upgrade is known that removes a finding.';
  return `${packageParts(first.type, first.package).own} ${first.to} alone removes ${counted(first.removes, 'finding')}.`;
}
