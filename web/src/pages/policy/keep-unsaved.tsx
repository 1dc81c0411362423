import '@mantine/core/styles/ModalBase.layer.css';
import '@mantine/core/styles/Modal.layer.css';
import '@mantine/core/styles/Overlay.layer.css';
import '@mantine/core/styles/Paper.layer.css';
import { Modal } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Draft } from './use-draft.ts';

/** Asks before a page with something that was not saved is left. */
export function KeepUnsaved({ draft }: { readonly draft: Draft }): ReactNode {
  const unsaved = draft.changed || (draft.yaml !== undefined && draft.yaml.state !== 'read');
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => unsaved && current.pathname !== next.pathname,
    enableBeforeUnload: unsaved,
    withResolver: true,
  });
  return (
    <Modal
      opened={blocker.status === 'blocked'}
      onClose={() => blocker.reset?.()}
      withCloseButton={false}
      attributes={{ content: { 'aria-label': 'Leave without saving?' } }}
      centered
      transitionProps={{ duration: 120 }}
    >
      <h2>Leave without saving?</h2>
      <p className="soft">What you changed in {draft.text.name || 'the new policy'} is not saved and will be gone.</p>
      <div className="actions dialog-actions">
        <button type="button" className="btn danger" onClick={() => blocker.proceed?.()}>
          Leave
        </button>
        <button type="button" className="btn" onClick={() => blocker.reset?.()}>
          Stay
        </button>
      </div>
    </Modal>
  );
}
