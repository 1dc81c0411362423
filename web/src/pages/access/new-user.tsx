import { TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { createUser, listUsers, type User } from '#access/contract.ts';
import { ask, reading } from '../../api.ts';
import { Failure } from '../../ui/failure.tsx';
import { Choice } from '../../ui/fields.tsx';
import { ShownOnce } from '../../ui/shown-once.tsx';
import { CollectionsField } from './collections-field.tsx';
import { signInAddress } from './sign-in-address.ts';
import { userRoles } from './user-roles.ts';

/** Creates a user and shows the sign-in link once. */
export function NewUser(): ReactNode {
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [role, setRole] = useState<User['role']>('developer');
  const [collections, setCollections] = useState<readonly string[]>([]);
  const making = useMutation({
    mutationFn: () =>
      ask(createUser, { body: { name, role, ...(collections.length > 0 && { collections: [...collections] }) } }),
    onSuccess: () => {
      setName('');
      return queries.invalidateQueries({ queryKey: reading(listUsers).queryKey });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    making.mutate();
  };
  return (
    <>
      <form className="form-row" onSubmit={submit}>
        <TextInput
          label="Name"
          placeholder="mira.holm"
          autoComplete="off"
          required
          withAsterisk={false}
          maxLength={128}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Choice label="Role" value={role} options={userRoles} choose={setRole} />
        <CollectionsField chosen={collections} choose={setCollections} />
        <button type="submit" className="btn primary" disabled={making.isPending}>
          Create user
        </button>
      </form>
      {making.isError && <Failure error={making.error} />}
      {making.data && (
        <ShownOnce text={signInAddress(window.location.origin, making.data.secret)}>
          <span className="strong">{making.data.user.name}</span> is created. Send this link: it signs in once, within
          24 hours, and leads to setting a password. It is shown only now.
        </ShownOnce>
      )}
    </>
  );
}
