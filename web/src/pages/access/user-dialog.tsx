import '@mantine/core/styles/ModalBase.layer.css';
import '@mantine/core/styles/Modal.layer.css';
import '@mantine/core/styles/Overlay.layer.css';
import '@mantine/core/styles/Paper.layer.css';
import { Modal } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { listSessions, listTokens, listUsers, updateUser, type User } from '#access/contract.ts';
import { ask, reading } from '../../api.ts';
import { Failure } from '../../ui/failure.tsx';
import { Choice } from '../../ui/fields.tsx';
import { useLast } from '../../ui/last.ts';
import { CollectionsField } from './collections-field.tsx';
import { countDependents, mayPublish, dependentsText, tokensOf } from './dependent-images.ts';
import { userRoles } from './user-roles.ts';

interface DialogProps {
  readonly user: User | undefined;
  readonly close: () => void;
}

/** Edits role, scope and state of one user. */
export function UserDialog({ user, close }: DialogProps): ReactNode {
  const shown = useLast(user);
  return (
    <Modal
      opened={user !== undefined}
      onClose={close}
      withCloseButton={false}
      attributes={{ content: { 'aria-label': `Change ${shown?.name ?? ''}` } }}
      centered
      transitionProps={{ duration: 120 }}
    >
      {shown && <UserForm key={shown.id} user={shown} close={close} />}
    </Modal>
  );
}

const mayEnter = [
  ['yes', 'Enabled'],
  ['no', 'Disabled (ends all sessions)'],
] as const;

function UserForm({ user, close }: { readonly user: User; readonly close: () => void }): ReactNode {
  const queries = useQueryClient();
  const [role, setRole] = useState(user.role);
  const [collections, setCollections] = useState<readonly string[]>(user.collections ?? []);
  const [enters, setEnters] = useState<'yes' | 'no'>(user.disabled ? 'no' : 'yes');
  const saving = useMutation({
    mutationFn: () =>
      ask(updateUser, {
        params: { id: user.id },
        body: {
          role,
          disabled: enters === 'no',
          ...(collections.length > 0 && { collections: [...collections] }),
        },
      }),
    onSuccess: async () => {
      await Promise.all([
        queries.invalidateQueries({ queryKey: reading(listUsers).queryKey }),
        queries.invalidateQueries({ queryKey: reading(listSessions).queryKey }),
        queries.invalidateQueries({ queryKey: reading(listTokens).queryKey }),
      ]);
      close();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    saving.mutate();
  };
  return (
    <form className="form" onSubmit={submit}>
      <h2 className="breakable">Change {user.name}</h2>
      {user.provider === undefined ? (
        <>
          <Choice label="Role" value={role} options={userRoles} choose={setRole} />
          <CollectionsField chosen={collections} choose={setCollections} />
        </>
      ) : (
        <p className="soft">
          Role and scope come from groups at the provider: {user.provider.group ?? 'none has a role'}.
        </p>
      )}
      <Choice label="State" value={enters} options={mayEnter} choose={setEnters} />
      {mayPublish(user) && !mayPublish({ role, disabled: enters === 'no' }) && <Dependents user={user} />}
      {saving.isError && <Failure error={saving.error} />}
      <div className="actions">
        <button type="submit" className="btn primary" disabled={saving.isPending}>
          Save
        </button>
        <button type="button" className="btn" onClick={close}>
          Cancel
        </button>
      </div>
    </form>
  );
}

/** Images that depend on the user's tokens, before the user may no longer publish. */
function Dependents({ user }: { readonly user: User }): ReactNode {
  const tokens = useQuery(reading(listTokens)).data?.tokens;
  const dependents = useQuery({
    queryKey: ['dependent-images', user.id, tokens?.length],
    queryFn: () => countDependents(tokensOf(user.id, tokens ?? [])),
    enabled: tokens !== undefined,
    staleTime: 0,
  }).data;
  if (dependents === undefined) return <p className="soft">Counting images that depend on tokens of {user.name} …</p>;
  return <p className="soft">{dependentsText(dependents, `the tokens of ${user.name}`)}</p>;
}
