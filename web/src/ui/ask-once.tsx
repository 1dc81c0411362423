import '@mantine/core/styles/ModalBase.layer.css';
import '@mantine/core/styles/Modal.layer.css';
import '@mantine/core/styles/Overlay.layer.css';
import '@mantine/core/styles/CloseButton.layer.css';
import '@mantine/core/styles/Paper.layer.css';
import { Modal } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Failure } from './failure.tsx';
import { useLast } from './last.ts';

/** Something that cannot be undone, or not easily. */
export interface Asked {
  /** The question, with the name of the thing: `Revoke jenkins?` */
  readonly title: string;
  /** What follows from it. */
  readonly consequence: string;
  /** Word of the button that does it. */
  readonly act: string;
  readonly keep?: string;
  readonly run: () => Promise<unknown>;
}

/** Asks once, in words that name the thing, before something that cannot be undone. */
export function AskOnce(props: { readonly asked: Asked | undefined; readonly close: () => void }): ReactNode {
  const { asked, close } = props;
  const shown = useLast(asked);
  const doing = useMutation({ mutationFn: (one: Asked) => one.run(), onSuccess: () => leave() });
  const leave = (): void => {
    doing.reset();
    close();
  };
  return (
    <Modal
      opened={asked !== undefined}
      onClose={leave}
      withCloseButton={false}
      attributes={{ content: { 'aria-label': shown?.title ?? '' } }}
      centered
      transitionProps={{ duration: 120 }}
    >
      <h2 className="breakable">{shown?.title}</h2>
      <p className="soft">{shown?.consequence}</p>
      {doing.isError && <Failure error={doing.error} />}
      <div className="actions dialog-actions">
        <button
          type="button"
          className="btn danger"
          disabled={doing.isPending}
          onClick={() => asked && doing.mutate(asked)}
        >
          {shown?.act}
        </button>
        <button type="button" className="btn" onClick={leave}>
          {shown?.keep ?? 'Keep it'}
        </button>
      </div>
    </Modal>
  );
}
