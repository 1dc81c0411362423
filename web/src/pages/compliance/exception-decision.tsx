import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import {
  cancelCheckException,
  type CheckException,
  decideCheckException,
  listCheckExceptions,
} from '#compliance/contract.ts';
import { ask } from '../../api.ts';
import { useMe } from '../../app/session.ts';
import { AskOnce, type Asked } from '../../ui/ask-once.tsx';
import { Failure } from '../../ui/failure.tsx';
import { TextField } from '../../ui/fields.tsx';
import { counted } from '../../ui/format.ts';

/** Buttons to decide an exception of a check, or why there are none. */
export function CheckExceptionDecision({ exception }: { readonly exception: CheckException }): ReactNode {
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
      {exception.state === 'requested' && decides && <GrantOrRefuse exception={exception} own={own} />}
      {cancels && <Cancel exception={exception} />}
    </div>
  );
}

function GrantOrRefuse({ exception, own }: { readonly exception: CheckException; readonly own: boolean }): ReactNode {
  const [note, setNote] = useState('');
  const queries = useQueryClient();
  const deciding = useMutation({
    mutationFn: (decision: 'approve' | 'deny') =>
      ask(decideCheckException, { params: { id: exception.id }, body: { decision, note } }),
    onSettled: () => queries.invalidateQueries({ queryKey: [listCheckExceptions.path] }),
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

function Cancel({ exception }: { readonly exception: CheckException }): ReactNode {
  const queries = useQueryClient();
  const [asked, setAsked] = useState<Asked>();
  const { id, check, state, appliesTo } = exception;
  return (
    <>
      <button
        type="button"
        className="btn plain"
        onClick={() =>
          setAsked({
            title: `Cancel the exception of ${check}?`,
            consequence:
              state === 'approved'
                ? `It ends immediately: the finding counts again for ${counted(appliesTo, 'subject')}.`
                : 'The request is cancelled. It can be made again.',
            act: 'Cancel exception',
            run: async () => {
              await ask(cancelCheckException, { params: { id } });
              await queries.invalidateQueries({ queryKey: [listCheckExceptions.path] });
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
