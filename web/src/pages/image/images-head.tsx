import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { getOverview, type Overview } from '#explorer/contract.ts';
import type { Immutable } from '#base/index.ts';
import { type Host, listHosts } from '#inventory/contract.ts';
import { reading } from '../../api.ts';
import { environmentName, useEnvironment } from '../../app/environment.ts';
import { feedSentence } from '../../app/feed-sentence.ts';
import { useNow } from '../../ui/clock.ts';
import { count, counted } from '../../ui/format.ts';
import { Fact, PageHead } from '../../ui/page-head.tsx';
import type { MarkState } from '../../ui/state-mark.tsx';

/** How all images stand, in one sentence; what scanners do right now, and what the verdicts rest on. */
export function ImagesHead(): ReactNode {
  const environment = useEnvironment();
  const all = useQuery(reading(getOverview, { query: { environment } })).data;
  const hosts = useQuery(reading(listHosts)).data?.hosts;
  const title = 'Images';
  if (all === undefined) {
    return (
      <div aria-busy="true">
        <PageHead title={title} verdict="" facts={<Fact name="Scanner">…</Fact>} />
      </div>
    );
  }
  return (
    <PageHead
      title={title}
      state={stateOf(all)}
      verdict={<Sentence all={all} />}
      reason={<Rest all={all} />}
      facts={
        <>
          <ScannerFact hosts={hosts ?? []} />
          <DatabaseFact database={all.database} />
        </>
      }
    />
  );
}

function stateOf({ verdicts, unscanned }: Overview): MarkState {
  if (verdicts.fail > 0) return 'fail';
  if (verdicts.cannotJudge + verdicts.pending + unscanned > 0 || verdicts.pass === 0) return 'unknown';
  return 'pass';
}

function Sentence({ all }: { readonly all: Overview }): ReactNode {
  const { verdicts, images } = all;
  const environment = useEnvironment();
  const where = environment === undefined ? '' : ` in ${environmentName(environment)}`;
  if (images === 0) return `No image${where} was scanned yet.`;
  if (verdicts.fail > 0) {
    return (
      <>
        <Link to="/images" search={{ verdict: 'fail' }}>
          {count(verdicts.fail)}
        </Link>{' '}
        of {counted(images, 'image')}
        {where} {verdicts.fail === 1 ? 'fails' : 'fail'}.
      </>
    );
  }
  if (verdicts.pass === images)
    return images === 1 ? `The one image${where} passes.` : `All ${count(images)} images${where} pass.`;
  if (verdicts.pass === 0) return `${counted(images, 'image')}${where}, none judged.`;
  return `${count(verdicts.pass)} of ${counted(images, 'image')}${where} pass.`;
}

function Rest({ all }: { readonly all: Overview }): ReactNode {
  const parts = [
    { number: all.verdicts.cannotJudge, verdict: 'cannot-judge', word: 'cannot be judged' },
    { number: all.verdicts.pending, verdict: 'pending', word: 'not judged yet' },
    { number: all.unscanned, verdict: 'unscanned', word: 'not scanned' },
    { number: all.verdicts.fail > 0 ? all.verdicts.pass : 0, verdict: 'pass', word: 'passing' },
  ] as const;
  const shown = parts.filter((part) => part.number > 0);
  return shown.map((part, index) => (
    <span key={part.verdict}>
      <Link to="/images" search={{ verdict: part.verdict }}>
        {count(part.number)}
      </Link>{' '}
      {part.word}
      {index === shown.length - 1 ? '.' : ', '}
    </span>
  ));
}

function ScannerFact({ hosts }: { readonly hosts: readonly Immutable<Host>[] }): ReactNode {
  const busy = hosts.filter((host) => host.facts?.progress !== undefined);
  const first = busy[0];
  if (hosts.length === 0) {
    return (
      <Fact name="Scanner" unknown>
        no host reports yet
      </Fact>
    );
  }
  if (first?.facts?.progress === undefined) return <Fact name="Scanner">idle on {counted(hosts.length, 'host')}</Fact>;
  const { done, total, current } = first.facts.progress;
  return (
    <Fact name="Scanner">
      <span role="status">
        {first.name}: scanning {count(Math.min(done + 1, total))} of {count(total)}
        {current === undefined ? '' : `: ${current}`}
        {busy.length > 1 ? `, and ${counted(busy.length - 1, 'host')} more` : ''}
      </span>
    </Fact>
  );
}

function DatabaseFact({ database }: { readonly database: Overview['database'] }): ReactNode {
  const now = useNow();
  return (
    <Fact name="Database" unknown={database.state !== 'ready'}>
      <Link to="/feeds">{feedSentence(database as Parameters<typeof feedSentence>[0], now)}</Link>
    </Fact>
  );
}
