import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { decideEntry, type Detection, getIncident } from '#runtime/contract.ts';
import { ask } from '../../api.ts';
import { useMe } from '../../app/session.ts';
import { AskOnce, type Asked } from '../../ui/ask-once.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Failure } from '../../ui/failure.tsx';
import { nameOf } from './command-words.ts';
import type { IncidentStory } from './incident-story.ts';

interface Props {
  readonly story: IncidentStory;
  readonly detections: readonly Detection[];
}

/** The entries that would have allowed it, and what each allows. */
export function AllowEntry({ story, detections }: Props): ReactNode {
  const entries = new Map<string, Detection>();
  for (const one of detections) if (one.allow !== undefined) entries.set(one.allow.key, one);
  return (
    <section className="section">
      <header>
        <h2>If this was meant</h2>
        <span className="quiet small">
          {entries.size === 1 ? 'this entry would allow it' : 'these entries would allow it'}
        </span>
      </header>
      {entries.size === 0 && <p className="soft">No entry of a model can allow this: it is never learned.</p>}
      {[...entries.values()].map((one) => (
        <Entry key={one.id} model={story.incident.model} detection={one} />
      ))}
    </section>
  );
}

function Entry({ model, detection }: { readonly model: string | undefined; readonly detection: Detection }): ReactNode {
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
    ask(decideEntry, {
      params: { id: model ?? '' },
      body: { key: allow.key, decision, reason: `Incident of ${detection.time}` },
    });
  return (
    <div className="allow-entry">
      <div className="code-box">
        <div className="code" tabIndex={0} role="group" aria-label="Model entry">
          <span className="add">{allow.line}</span>
        </div>
        <CopyButton text={allow.line} what="model entry" />
      </div>
      <p className="small soft">
        It allows every start of {nameOf(process.path)} like this one, in all containers of this image.
      </p>
      {mayDecide && model !== undefined && (
        <div className="actions">
          <button type="button" className="btn" disabled={denying.isPending} onClick={() => denying.mutate('deny')}>
            Deny
          </button>
          <button
            type="button"
            className="btn"
            onClick={() =>
              setAsked({
                title: `Allow ${nameOf(process.path)} in this image?`,
                consequence: `The entry “${allow.line}” is added to the model. What it allows raises no alert from then on.`,
                act: 'Allow',
                keep: 'Cancel',
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
