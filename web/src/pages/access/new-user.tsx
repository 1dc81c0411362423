import { type ReactNode, useState } from 'react';
import { createUser, listUsers, type User } from '#access/contract.ts';
import { ask, reading } from '../../api.ts';
import { Choice } from '../../ui/fields.tsx';
import { CollectionsField } from './collections-field.tsx';
import { CreateForm } from './create-form.tsx';
import { signInAddress } from './sign-in-address.ts';
import { userRoles } from './user-roles.ts';

/** Creates a user and shows the sign-in link once. */
export function NewUser(): ReactNode {
  const [role, setRole] = useState<User['role']>('developer');
  const [collections, setCollections] = useState<readonly string[]>([]);
  const scope = collections.length > 0 && { collections: [...collections] };
  return (
    <CreateForm
      what="user"
      example="mira.holm"
      create={(name) => ask(createUser, { body: { name, role, ...scope } })}
      listKey={reading(listUsers).queryKey}
      secretOf={({ secret }) => signInAddress(window.location.origin, secret)}
      describe={({ user }) => (
        <>
          <span className="strong">{user.name}</span> is created. Send this link: it signs in once, within 24 hours, and
          leads to setting a password. It is shown only now.
        </>
      )}
    >
      <Choice label="Role" value={role} options={userRoles} choose={setRole} />
      <CollectionsField chosen={collections} choose={setCollections} />
    </CreateForm>
  );
}
