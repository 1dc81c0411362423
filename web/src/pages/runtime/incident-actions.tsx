import '@mantine/core/styles/ModalBase.layer.css';
import '@mantine/core/styles/Modal.layer.css';
import '@mantine/core/styles/Overlay.layer.css';
import '@mantine/core/styles/CloseButton.layer.css';
import '@mantine/core/styles/Paper.layer.css';
import { Modal } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { decideIncident, getIncident, type Incident, listIncidents } from '#runtime/contract.ts';
import { ask } from '../../api.ts';
import { useMe } from '../../app/session.ts';
import { Failure } from '../../ui/failure.tsx';
import { TextField } from '../../ui/fields.tsx';

type To = Incident['state'];

const steps: Readonly<Record<To, readonly (readonly [To, string])[]>> = {
  open: [
    ['closed', 'Close…'],
    ['acknowledged', 'Acknowledge'],
  ],
  acknowledged: [
    ['open', 'Open again'],
    ['closed', 'Close…'],
  ],
  closed: [['open', 'Open again']],
};

/** What the reader may do with an incident; each step can be undone, and closing needs a reason. */
export function IncidentActions({ incident }: { readonly incident: Pick<Incident, 'id' | 'state'> }): ReactNode {
  const { id, state } = incident;
  const mayDecide = useMe()?.permissions.includes('operate') === true;
  const [closing, setClosing] = useState(false);
  const queries = useQueryClient();
  const deciding = useMutation({
    mutationFn: ({ to, note }: { readonly to: To; readonly note: string }) =>
      ask(decideIncident, { params: { id }, body: { to, note } }),
    onSuccess: () => setClosing(false),
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
          onClick={() => (to === 'closed' ? setClosing(true) : deciding.mutate({ to, note: '' }))}
        >
          {word}
        </button>
      ))}
      {deciding.isError && !closing && <Failure error={deciding.error} />}
      <CloseDialog
        id={id}
        opened={closing}
        error={deciding.error}
        close={(note) => deciding.mutate({ to: 'closed', note })}
        cancel={() => {
          deciding.reset();
          setClosing(false);
        }}
      />
    </>
  );
}

interface CloseProps {
  readonly id: number;
  readonly opened: boolean;
  readonly error: Error | null;
  readonly close: (note: string) => void;
  readonly cancel: () => void;
}

/** Asks for the reason, which the audit trail keeps. */
function CloseDialog({ id, opened, error, close, cancel }: CloseProps): ReactNode {
  const [note, setNote] = useState('');
  const title = `Close incident ${id}`;
  return (
    <Modal
      opened={opened}
      onClose={cancel}
      withCloseButton={false}
      attributes={{ content: { 'aria-label': title } }}
      centered
      transitionProps={{ duration: 120 }}
    >
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          close(note.trim());
        }}
      >
        <h2>{title}</h2>
        <TextField label="Reason, for the audit trail" value={note} lines={3} longest={2000} change={setNote} />
        {error !== null && <Failure error={error} />}
        <div className="actions dialog-actions">
          <button type="submit" className="btn primary" disabled={note.trim() === ''}>
            Close incident
          </button>
          <button type="button" className="btn" onClick={cancel}>
            Cancel
          </button>
        </div>
      </form>
    </Modal>
  );
}
