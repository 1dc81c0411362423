import { TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { createToken, listTokens, type Role, rolePermissions } from '#access/contract.ts';
import { ask, reading } from '../../api.ts';
import { Choice, wordsIn } from '../../ui/fields.tsx';
import { CollectionsField } from './collections-field.tsx';
import { CreateForm } from './create-form.tsx';

const lifetimes = [
  ['30', '30 days'],
  ['90', '90 days'],
  ['365', 'one year'],
  ['', 'no end'],
] as const;
const roles = (Object.keys(rolePermissions) as Role[]).map((one) => [one, one] as const);

/** Creates a token and shows its secret once. */
export function NewToken(): ReactNode {
  const [role, setRole] = useState<Role>('ci');
  const [days, setDays] = useState<(typeof lifetimes)[number][0]>('90');
  const [repositories, setRepositories] = useState('');
  const [collections, setCollections] = useState<readonly string[]>([]);
  return (
    <CreateForm
      what="token"
      example="jenkins, build 918"
      note={rolePermissions[role].includes('publish') && <RepositoriesNote />}
      create={(name) => ask(createToken, { body: bodyOf({ name, role, days, repositories, collections }) })}
      listKey={reading(listTokens).queryKey}
      secretOf={({ secret }) => secret}
      describe={({ token }) => (
        <>
          <span className="strong">{token.name}</span> is created. Copy it now: it is shown only now, and only its hash
          is stored.
        </>
      )}
    >
      <Choice label="Role" value={role} options={roles} choose={setRole} />
      <TextInput
        label="Repositories"
        placeholder="registry.example/shop/*"
        value={repositories}
        onChange={(event) => setRepositories(event.currentTarget.value)}
      />
      <Choice label="Expires after" value={days} options={lifetimes} choose={setDays} />
      {role !== 'ci' && <CollectionsField chosen={collections} choose={setCollections} />}
    </CreateForm>
  );
}

function RepositoriesNote(): ReactNode {
  return (
    <p className="small quiet form-note">
      The console refuses scans of images in other repositories. A token without repositories publishes nothing.
      Separate patterns with commas.
    </p>
  );
}

interface Wanted {
  readonly name: string;
  readonly role: Role;
  readonly days: string;
  readonly repositories: string;
  readonly collections: readonly string[];
}

function bodyOf({ name, role, days, repositories, collections }: Wanted) {
  const patterns = wordsIn(repositories);
  return {
    name,
    role,
    ...(days !== '' && { days: Number(days) }),
    ...(patterns && { repositories: [...patterns] }),
    ...(role !== 'ci' && collections.length > 0 && { collections: [...collections] }),
  };
}
