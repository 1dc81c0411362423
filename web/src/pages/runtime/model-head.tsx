import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { changeModel, getModel } from '#runtime/contract.ts';
import { ask } from '../../api.ts';
import { useMe } from '../../app/session.ts';
import { AskOnce, type Asked } from '../../ui/ask-once.tsx';
import { Failure } from '../../ui/failure.tsx';
import { counted } from '../../ui/format.ts';
import { Hash } from '../../ui/marks.tsx';
import { Fact, PageHead } from '../../ui/page-head.tsx';
import { entrypointWords, hasObserved, modelName, modelState } from './model-words.ts';
import type { ReadModel } from './read-model.ts';
import { stopsReading } from './stopped-section.tsx';

const route = getRouteApi('/inside/runtime/$id');

/** What the model is worth, in one sentence. */
export function ModelHead({ read }: { readonly read: ReadModel }): ReactNode {
  const { summary } = read;
  const name = modelName(summary);
  const process = summary.convergence.process;
  return (
    <PageHead
      title={`Model of ${name}`}
      crumbs={
        <>
          <Link to="/runtime">Runtime</Link>
          <span aria-hidden="true">/</span>
          <span>{name}</span>
        </>
      }
      state={modelState(summary).mark}
      verdict={sentenceOf(summary)}
      reason={
        <>
          {summary.partial && 'Events were lost, or no start was seen from its beginning: entries may be missing. '}
          {process?.blockedBy[0]}
          {summary.counts.review > 0 && (
            <>
              {' '}
              <a href="#review">{counted(summary.counts.review, 'entry waits', 'entries wait')}</a> for review.
            </>
          )}
        </>
      }
      facts={<Facts read={read} />}
      actions={<Actions read={read} />}
    />
  );
}

function Facts({ read: { summary, model } }: { readonly read: ReadModel }): ReactNode {
  const name = modelName(summary);
  const process = summary.convergence.process;
  return (
    <>
      <Fact name="Image">
        <Link to="/images/$subject" params={{ subject: summary.key.digest }}>
          {name}
        </Link>{' '}
        <Hash digest={summary.key.digest} what="digest" />
      </Fact>
      <Fact name="Entrypoint">
        <code>{entrypointWords(summary.key.entrypoint)}</code>
      </Fact>
      <Fact name="Environment">
        {summary.environment ?? 'none'}
        {summary.evidenceFrom.length > 0 && `; evidence from ${summary.evidenceFrom.join(', ')} counts too`}
      </Fact>
      <Fact name="State" unknown={modelState(summary).mark === 'unknown'}>
        {modelState(summary).word}
      </Fact>
      <Fact name="Learned from">
        {counted(process?.starts ?? 0, 'hour')} with starts, {counted(summary.containers, 'container')} on{' '}
        {counted(summary.hosts, 'host')}
      </Fact>
      {model.inheritedFrom && (
        <Fact name="Inherits from">
          <Hash digest={model.inheritedFrom.digest} what="digest" />
        </Fact>
      )}
      <WouldHaveStopped model={summary.id} />
    </>
  );
}

/** How many entries the section below lists. */
function WouldHaveStopped({ model }: { readonly model: string }): ReactNode {
  const { days = '14' } = route.useSearch();
  const { data } = useQuery(stopsReading(model, days));
  if (data === undefined) return null;
  const isKnown = data.evidence.unknown.every(({ kind }) => kind !== 'nothing-watched');
  return (
    <Fact name="Prevent would have stopped" unknown={!isKnown && data.total === 0}>
      <a href="#stops">{isKnown || data.total > 0 ? counted(data.total, 'entry', 'entries') : 'unknown'}</a> in {days}{' '}
      days
    </Fact>
  );
}

function sentenceOf(summary: ReadModel['summary']): string {
  const { state } = summary;
  const isLearning = state === 'learning' || state === 'relearning';
  if (isLearning && !hasObserved(summary)) return 'Behaviour unknown: no sensor has observed this image yet.';
  switch (state) {
    case 'active':
      return 'This model is active.';
    case 'manual':
      return 'This model is manual: people keep its entries.';
    case 'learning':
      return 'This model is learning.';
    case 'relearning':
      return 'This model is relearning.';
    case 'archived':
      return 'This model is archived: no host holds the image.';
  }
}

type To = 'relearning' | 'active' | 'manual';

function Actions({ read }: { readonly read: ReadModel }): ReactNode {
  const { id, state } = read.summary;
  const mayDecide = useMe()?.permissions.includes('write-rules') === true;
  const [asked, setAsked] = useState<Asked>();
  const queries = useQueryClient();
  const refresh = (): Promise<void> => queries.invalidateQueries({ queryKey: [getModel.path] });
  const change = (to: To): Promise<unknown> => ask(changeModel, { params: { id }, body: { to } }).then(refresh);
  const changing = useMutation({ mutationFn: change });
  if (!mayDecide) return null;
  return (
    <>
      <button
        type="button"
        className="btn"
        onClick={() =>
          setAsked({
            title: `Relearn ${modelName(read.summary)}?`,
            consequence:
              'What was learned is archived; entries of people stay. Until the model is active again, only drift alerts.',
            act: 'Relearn',
            run: () => change('relearning'),
          })
        }
      >
        Relearn…
      </button>
      {state !== 'active' && (
        <button
          type="button"
          className="btn primary"
          onClick={() =>
            setAsked({
              title: 'Activate this model now?',
              consequence: `From now on, behaviour that is not in the model raises alerts: ${counted(read.wouldHaveStopped, 'event')} in the last 14 days. The audit trail keeps your name.`,
              act: 'Activate',
              keep: 'Keep learning',
              run: () => change('active'),
            })
          }
        >
          Activate now…
        </button>
      )}
      {state === 'active' && (
        <button type="button" className="btn" disabled={changing.isPending} onClick={() => changing.mutate('manual')}>
          Set to manual
        </button>
      )}
      {changing.isError && <Failure error={changing.error} />}
      <AskOnce asked={asked} close={() => setAsked(undefined)} />
    </>
  );
}
