import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { ExceptionState } from '#access/contract.ts';
import { useMe } from '../../app/session.ts';
import { AskOnce, type Asked } from '../../ui/ask-once.tsx';
import { Failure } from '../../ui/failure.tsx';
import { TextField } from '../../ui/fields.tsx';

/** An exception of a finding or of a check, and how it is decided. */
export interface Decided {
  readonly exception: { readonly state: ExceptionState; readonly requestedBy: { readonly name: string } };
  /** What it names, as in `Cancel the exception of CTR-001?` */
  readonly named: string;
  /** What counts again once it ends: `the finding counts again in 4 images` */
  readonly again: string;
  readonly decide: (decision: 'approve' | 'deny', note: string) => Promise<unknown>;
  readonly cancel: () => Promise<unknown>;
  /** Path of the list that is read again afterwards. */
  readonly list: string;
}

/** Buttons to decide an exception, or why there are none. */
export function ExceptionDecision(decided: Decided): ReactNode {
  const { exception } = decided;
  const me = useMe();
  if (me === undefined || (exception.state !== 'requested' && exception.state !== 'approved')) return null;
  const own = exception.requestedBy.name === me.name;
  const decides = me.permissions.includes('approve-exceptions');
  const cancels = decides || (own && me.permissions.includes('request-exceptions'));
  if (!decides && !cancels) {
    return exception.state === 'requested' ? (
      <p className="d-sec quiet small">Your role, {me.role}, may read exceptions but not approve them.</p>
    ) : null;
  }
  return (
    <div className="d-sec decision">
      {exception.state === 'requested' && decides && <ApproveOrDeny {...decided} own={own} />}
      {cancels && <Cancel {...decided} />}
    </div>
  );
}

function ApproveOrDeny({ own, decide, list }: Decided & { readonly own: boolean }): ReactNode {
  const [note, setNote] = useState('');
  const queries = useQueryClient();
  const deciding = useMutation({
    mutationFn: (decision: 'approve' | 'deny') => decide(decision, note),
    onSettled: () => queries.invalidateQueries({ queryKey: [list] }),
  });
  const off = own || deciding.isPending;
  return (
    <>
      {own ? (
        <p className="quiet small" id="own-exception">
          You requested it, so another person must decide.
        </p>
      ) : (
        <TextField label="Note to the requester" value={note} lines={2} longest={2000} change={setNote} />
      )}
      <div className="actions">
        <button
          type="button"
          className="btn primary"
          disabled={off}
          aria-describedby={own ? 'own-exception' : undefined}
          onClick={() => deciding.mutate('approve')}
        >
          Approve
        </button>
        <button
          type="button"
          className="btn"
          disabled={off}
          aria-describedby={own ? 'own-exception' : undefined}
          onClick={() => deciding.mutate('deny')}
        >
          Deny
        </button>
      </div>
      {deciding.isError && <Failure error={deciding.error} />}
    </>
  );
}

function Cancel({ exception, named, again, cancel, list }: Decided): ReactNode {
  const queries = useQueryClient();
  const [asked, setAsked] = useState<Asked>();
  return (
    <>
      <button
        type="button"
        className="btn plain"
        onClick={() =>
          setAsked({
            title: `Cancel the exception of ${named}?`,
            consequence:
              exception.state === 'approved'
                ? `It ends immediately: ${again}.`
                : 'The request is cancelled. It can be made again.',
            act: 'Cancel exception',
            run: async () => {
              await cancel();
              await queries.invalidateQueries({ queryKey: [list] });
            },
          })
        }
      >
        Cancel…
      </button>
      <AskOnce asked={asked} close={() => setAsked(undefined)} />
    </>
  );
}
