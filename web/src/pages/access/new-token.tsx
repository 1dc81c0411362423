import { TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { createToken, listTokens, Role, rolePermissions } from '#access/contract.ts';
import { ask, reading } from '../../api.ts';
import { Failure } from '../../ui/failure.tsx';
import { Choice, wordsIn } from '../../ui/fields.tsx';
import { ShownOnce } from '../../ui/shown-once.tsx';
import { CollectionsField } from './collections-field.tsx';

const lifetimes = [
  ['30', '30 days'],
  ['90', '90 days'],
  ['365', 'one year'],
  ['', 'no end'],
] as const;
const roles = Role.options.map((one) => [one, one] as const);

/** Makes a token and shows its secret this once. */
export function NewToken(): ReactNode {
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('ci');
  const [days, setDays] = useState<(typeof lifetimes)[number][0]>('90');
  const [repositories, setRepositories] = useState('');
  const [collections, setCollections] = useState<readonly string[]>([]);
  const making = useMutation({
    mutationFn: () => ask(createToken, { body: bodyOf({ name, role, days, repositories, collections }) }),
    onSuccess: () => {
      setName('');
      return queries.invalidateQueries({ queryKey: reading(listTokens).queryKey });
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
          placeholder="jenkins, build 918"
          required
          withAsterisk={false}
          maxLength={128}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Choice label="Role" value={role} options={roles} choose={setRole} />
        <TextInput
          label="Repositories"
          placeholder="registry.example/shop/*"
          value={repositories}
          onChange={(event) => setRepositories(event.currentTarget.value)}
        />
        <Choice label="Expires after" value={days} options={lifetimes} choose={setDays} />
        {role !== 'ci' && <CollectionsField chosen={collections} choose={setCollections} />}
        <button type="submit" className="btn primary" disabled={making.isPending}>
          Create token
        </button>
      </form>
      {rolePermissions[role].includes('publish') && (
        <p className="small quiet form-note">
          The console refuses scans of images in other repositories. A token without repositories publishes nothing.
          Separate patterns with commas.
        </p>
      )}
      {making.isError && <Failure error={making.error} />}
      {making.data && (
        <ShownOnce text={making.data.secret}>
          <span className="strong">{making.data.token.name}</span> is created. Copy it now: it is shown only now, and
          only its hash is stored.
        </ShownOnce>
      )}
    </>
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
