import '@mantine/core/styles/ModalBase.layer.css';
import '@mantine/core/styles/Modal.layer.css';
import '@mantine/core/styles/Overlay.layer.css';
import '@mantine/core/styles/Paper.layer.css';
import { Modal } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useMemo } from 'react';
import { listPolicies, type PolicyInPlace, type PolicyText, putPolicy } from '#policy/contract.ts';
import { ask, reading } from '../../api.ts';
import { Failure } from '../../ui/failure.tsx';
import { useLast } from '../../ui/last.ts';
import { textOfPolicy } from './draft.ts';
import { ReplayPanel } from './replay-panel.tsx';
import { mutable, useReplay } from './use-replay.ts';

interface DialogProps {
  readonly inPlace: PolicyInPlace | undefined;
  readonly close: () => void;
}

/** Enables or disables a policy, after showing what that would change. */
export function TurnDialog({ inPlace, close }: DialogProps): ReactNode {
  const shown = useLast(inPlace);
  return (
    <Modal
      opened={inPlace !== undefined}
      onClose={close}
      withCloseButton={false}
      attributes={{ content: { 'aria-label': `Enable or disable ${shown?.policy.name ?? ''}` } }}
      centered
      size={560}
      transitionProps={{ duration: 120 }}
    >
      {shown && <Turn key={shown.policy.id} inPlace={shown} close={close} />}
    </Modal>
  );
}

const days = 30;

function Turn({
  inPlace: { policy },
  close,
}: {
  readonly inPlace: PolicyInPlace;
  readonly close: () => void;
}): ReactNode {
  const queries = useQueryClient();
  const text = useMemo(() => turned(textOfPolicy(policy)), [policy]);
  const replay = useReplay({ id: policy.id, text, basedOn: policy.version, days });
  const word = text.state === 'off' ? 'off' : 'on';
  const act = word === 'off' ? 'Disable' : 'Enable';
  const saving = useMutation({
    mutationFn: () =>
      ask(putPolicy, { params: { id: policy.id }, body: { policy: mutable(text), basedOn: policy.version } }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: reading(listPolicies).queryKey });
      close();
    },
  });
  return (
    <>
      <h2 className="breakable">
        {act} {policy.name}?
      </h2>
      <p className="soft">
        {word === 'off'
          ? 'The next matching policy evaluates its images.'
          : 'It evaluates the images in its scope that no policy above it matches.'}
      </p>
      <ReplayPanel replay={replay} days={days} />
      {saving.isError && <Failure error={saving.error} />}
      <div className="actions dialog-actions">
        <button
          type="button"
          className="btn primary"
          disabled={replay.state !== 'exact' || saving.isPending}
          onClick={() => saving.mutate()}
        >
          {act}
        </button>
        <button type="button" className="btn" onClick={close}>
          Cancel
        </button>
      </div>
    </>
  );
}

function turned({ state, ...text }: PolicyText): PolicyText {
  return state === 'off' ? text : { ...text, state: 'off' };
}
