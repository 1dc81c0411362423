import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { decideItem, getModel, type Item } from '#runtime/contract.ts';
import { ask } from '../../api.ts';
import { useMe } from '../../app/session.ts';
import { AskOnce, type Asked } from '../../ui/ask-once.tsx';
import { Failure } from '../../ui/failure.tsx';
import { When } from '../../ui/marks.tsx';
import type { ReadModel } from './model-page.tsx';
import { lineWords } from './model-words.ts';

/** What is never learned by itself, and what a person said no to. */
export function ReviewQueue({ read }: { readonly read: ReadModel }): ReactNode {
  const waiting = read.model.evidence.items.filter(({ state }) => state === 'review');
  const denied = read.model.evidence.items.filter(({ state }) => state === 'denied');
  return (
    <section className="section" id="review">
      <header>
        <h2>Review queue</h2>
        <span className="quiet small">never learned by itself; nothing here is in the model</span>
      </header>
      {waiting.length + denied.length === 0 && <p className="soft">Nothing waits for you.</p>}
      <ul className="queue">
        {[...waiting, ...denied].map((item) => (
          <Waiting key={item.key} model={read.summary.id} item={item as Item} />
        ))}
      </ul>
    </section>
  );
}

function Waiting({ model, item }: { readonly model: string; readonly item: Item }): ReactNode {
  const mayDecide = useMe()?.permissions.includes('write-rules') === true;
  const [asked, setAsked] = useState<Asked>();
  const queries = useQueryClient();
  const decide = (decision: 'allow' | 'deny' | 'undo'): Promise<unknown> =>
    ask(decideItem, { params: { id: model }, body: { key: item.key, decision, reason: '' } }).then(() =>
      queries.invalidateQueries({ queryKey: [getModel.path] }),
    );
  const deciding = useMutation({ mutationFn: decide });
  const denied = item.state === 'denied';
  return (
    <li>
      <div>
        <p className="breakable">
          <span className="mono">{item.fact.path}</span> <span className="soft">{lineWords(item)}</span>
        </p>
        <p className="small quiet">
          {item.lastSeenAt && <When moment={item.lastSeenAt} />} {item.why}
          {denied && item.decidedBy !== undefined && ` Denied by ${item.decidedBy}.`}
        </p>
      </div>
      {mayDecide && (
        <div className="actions">
          <button
            type="button"
            className="btn"
            disabled={deciding.isPending}
            onClick={() => deciding.mutate(denied ? 'undo' : 'deny')}
          >
            {denied ? 'Take back' : 'Deny'}
          </button>
          <button
            type="button"
            className="btn"
            onClick={() =>
              setAsked({
                title: `Allow ${item.fact.path}?`,
                consequence: 'It enters the model of this image and raises nothing from then on. It can be taken back.',
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
      {deciding.isError && <Failure error={deciding.error} />}
      <AskOnce asked={asked} close={() => setAsked(undefined)} />
    </li>
  );
}
