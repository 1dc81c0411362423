import '@mantine/core/styles/ModalBase.layer.css';
import '@mantine/core/styles/Modal.layer.css';
import '@mantine/core/styles/Overlay.layer.css';
import '@mantine/core/styles/Paper.layer.css';
import { Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { listCollections } from '#access/contract.ts';
import { reading } from '../../api.ts';
import { useMe } from '../../app/session.ts';
import { Check } from '../../ui/fields.tsx';
import { Icon } from '../../ui/icon.tsx';
import { CollectionForm } from '../access/collection-form.tsx';
import { CollectionMatches } from '../access/collection-matches.tsx';
import '../access/collections-page.css';
import './scope-field.css';
import { idFor } from '../../app/id-for.ts';

interface FieldProps {
  /** Missing: everything. */
  readonly chosen: readonly string[] | undefined;
  readonly choose: (collections: readonly string[] | undefined) => void;
}

/** Any of these collections, or everything; with the number of images that each selects now. */
export function ScopeField({ chosen, choose }: FieldProps): ReactNode {
  const known = useQuery(reading(listCollections)).data?.collections;
  // The built-in one says what the first box says.
  const all = known?.filter(({ id }) => id !== 'all' || chosen?.includes(id) === true);
  const mayWrite = useMe()?.permissions.includes('write-rules') === true;
  const [making, make] = useState(false);
  const toggle = (id: string, on: boolean): void =>
    choose(on ? [...(chosen ?? []), id] : chosen?.filter((one) => one !== id));
  const deleted = chosen?.filter((id) => all !== undefined && all.every((one) => one.id !== id)) ?? [];
  return (
    <div className="scope">
      <Check checked={chosen === undefined} change={(everything) => choose(everything ? undefined : [])}>
        Everything
      </Check>
      {chosen !== undefined && (
        <ul>
          {all?.map(({ id, name }) => (
            <li key={id}>
              <Check checked={chosen.includes(id)} change={(on) => toggle(id, on)}>
                {name}
              </Check>
              <span className="small quiet">
                <CollectionMatches id={id} /> images
              </span>
            </li>
          ))}
          {deleted.map((id) => (
            <li key={id}>
              <Check checked change={() => toggle(id, false)}>
                {id} <span className="mark dashed">deleted</span>
              </Check>
            </li>
          ))}
        </ul>
      )}
      {chosen?.length === 0 && <p className="small quiet">No collection is chosen: the scope is empty.</p>}
      {mayWrite && (
        <button type="button" className="btn plain" onClick={() => make(true)}>
          <Icon name="plus" />
          New collection
        </button>
      )}
      <NewCollection
        opened={making}
        taken={all?.map(({ id }) => id) ?? []}
        done={(id) => {
          toggle(id, true);
          make(false);
        }}
        close={() => make(false)}
      />
    </div>
  );
}

interface NewProps {
  readonly opened: boolean;
  /** Ids that there are. */
  readonly taken: readonly string[];
  readonly done: (id: string) => void;
  readonly close: () => void;
}

function NewCollection({ opened, taken, done, close }: NewProps): ReactNode {
  return (
    <Modal
      opened={opened}
      onClose={close}
      withCloseButton={false}
      attributes={{ content: { 'aria-label': 'New collection' } }}
      centered
      transitionProps={{ duration: 120 }}
    >
      <h2>New collection</h2>
      <CollectionForm
        collection={undefined}
        idFor={(name) => idFor(name, taken)}
        done={({ id }) => done(id)}
        cancel={close}
      />
    </Modal>
  );
}
