import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { decideIncident, getIncident, type Incident, listIncidents } from '#runtime/contract.ts';
import { ask } from '../../api.ts';
import { useMe } from '../../app/session.ts';
import { Failure } from '../../ui/failure.tsx';

type To = Incident['state'];

const steps: Readonly<Record<To, readonly (readonly [To, string])[]>> = {
  open: [
    ['closed', 'Close'],
    ['acknowledged', 'Acknowledge'],
  ],
  acknowledged: [
    ['open', 'Open again'],
    ['closed', 'Close'],
  ],
  closed: [['open', 'Open again']],
};

/** What the reader may do with an incident; each step can be taken back. */
export function IncidentActions({ incident }: { readonly incident: Pick<Incident, 'id' | 'state'> }): ReactNode {
  const { id, state } = incident;
  const mayDecide = useMe()?.permissions.includes('operate') === true;
  const queries = useQueryClient();
  const deciding = useMutation({
    mutationFn: (to: To) => ask(decideIncident, { params: { id }, body: { to, note: '' } }),
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: [getIncident.path] }),
        queries.invalidateQueries({ queryKey: [listIncidents.path] }),
      ]),
  });
  if (!mayDecide) return null;
  return (
    <>
      {steps[state].map(([to, word], index) => (
        <button
          key={to}
          type="button"
          className={index === steps[state].length - 1 ? 'btn primary' : 'btn'}
          disabled={deciding.isPending}
          onClick={() => deciding.mutate(to)}
        >
          {word}
        </button>
      ))}
      {deciding.isError && <Failure error={deciding.error} />}
    </>
  );
}
