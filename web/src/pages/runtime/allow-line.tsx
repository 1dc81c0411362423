import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { decideItem, type Detection, getIncident } from '#runtime/contract.ts';
import { ask } from '../../api.ts';
import { useMe } from '../../app/session.ts';
import { AskOnce, type Asked } from '../../ui/ask-once.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Failure } from '../../ui/failure.tsx';
import { nameOf } from './command-words.ts';
import type { IncidentStory } from './incident-page.tsx';

interface Props {
  readonly story: IncidentStory;
  readonly detections: readonly Detection[];
}

/** The lines that would have allowed it, and what each costs. */
export function AllowLine({ story, detections }: Props): ReactNode {
  const lines = new Map<string, Detection>();
  for (const one of detections) if (one.allow !== undefined) lines.set(one.allow.key, one);
  return (
    <section className="section">
      <header>
        <h2>If this was meant</h2>
        <span className="quiet small">
          {lines.size === 1 ? 'this one line would allow it' : 'these lines would allow it'}
        </span>
      </header>
      {lines.size === 0 && <p className="soft">No line of a model allows this: it is never learned.</p>}
      {[...lines.values()].map((one) => (
        <Line key={one.id} model={story.incident.model} detection={one} />
      ))}
    </section>
  );
}

function Line({ model, detection }: { readonly model: string | undefined; readonly detection: Detection }): ReactNode {
  const mayDecide = useMe()?.permissions.includes('write-rules') === true;
  const [asked, setAsked] = useState<Asked>();
  const queries = useQueryClient();
  const denying = useMutation({
    mutationFn: (decision: 'deny') => decide(decision),
    onSettled: () => queries.invalidateQueries({ queryKey: [getIncident.path] }),
  });
  const { allow, process } = detection;
  if (allow === undefined) return null;
  const decide = (decision: 'allow' | 'deny'): Promise<unknown> =>
    ask(decideItem, {
      params: { id: model ?? '' },
      body: { key: allow.key, decision, reason: `Incident of ${detection.time}` },
    });
  return (
    <div className="allow-line">
      <div className="code-box">
        <div className="code" tabIndex={0} role="group" aria-label="Model line">
          <span className="add">{allow.line}</span>
        </div>
        <CopyButton text={allow.line} what="model line" />
      </div>
      <p className="small soft">
        It would let every start of {nameOf(process.path)} like this one run, in all containers of this image.
      </p>
      {mayDecide && model !== undefined && (
        <div className="actions">
          <button type="button" className="btn" disabled={denying.isPending} onClick={() => denying.mutate('deny')}>
            Keep denied
          </button>
          <button
            type="button"
            className="btn"
            onClick={() =>
              setAsked({
                title: `Allow ${nameOf(process.path)} in this image?`,
                consequence: `The line “${allow.line}” enters the model. What it allows raises nothing from then on.`,
                act: 'Allow it',
                keep: 'Leave it out',
                run: () => decide('allow'),
              })
            }
          >
            Allow…
          </button>
        </div>
      )}
      {denying.isError && <Failure error={denying.error} />}
      <AskOnce asked={asked} close={() => setAsked(undefined)} />
    </div>
  );
}
