import { type ReactNode, useState } from 'react';
import { deleteTrustedRegistry, putTrustedRegistry, type TrustedRegistry } from '#provenance/contract.ts';
import { ask } from '../../api.ts';
import type { Column } from '../../ui/columns.ts';
import { Check, TextField } from '../../ui/fields.tsx';
import { newId, useTrustChange } from './saving.ts';
import { TrustedList, TrustForm } from './trusted-list.tsx';

interface Props {
  readonly registries: readonly TrustedRegistry[];
  readonly change: 'allowed' | 'refused';
}

/** Registries that images may come from. */
export function RegistriesSection({ registries, change }: Props): ReactNode {
  return (
    <TrustedList
      title="Trusted registries"
      rows={registries}
      columns={columns}
      change={change}
      consequence="Images whose origin it proved lose that proof, and fail where a rule requires it."
      remove={async ({ id }) => await ask(deleteTrustedRegistry, { params: { id } })}
      empty="No registry is trusted, so the origin of every image is unknown."
    >
      <AddRegistry registries={registries} />
    </TrustedList>
  );
}

const columns: readonly Column<TrustedRegistry>[] = [
  {
    id: 'name',
    name: 'Registry',
    className: 'breakable',
    heads: 'row',
    cell: ({ name }) => <span className="strong">{name}</span>,
  },
  {
    id: 'repositories',
    name: 'Repositories',
    className: 'breakable',
    cell: ({ repositories }) => <code>{repositories}</code>,
  },
  {
    id: 'asked',
    name: 'Access',
    className: 'soft',
    cell: ({ user, insecure, authorities, tokenServer }) =>
      [
        user === undefined ? 'anonymous' : `as ${user}`,
        ...(insecure ? ['plain HTTP allowed'] : []),
        ...(tokenServer === undefined ? [] : [`tokens of ${tokenServer}`]),
        ...(authorities === undefined ? [] : ['own certificate authority']),
      ].join(', '),
  },
];

const nothing = {
  name: '',
  repositories: '',
  user: '',
  password: '',
  tokenServer: '',
  authorities: '',
  insecure: false,
};

/** What is empty is left out. */
function bodyOf({ name, repositories, insecure, user, password, tokenServer, authorities }: typeof nothing) {
  return {
    name,
    repositories,
    insecure,
    ...(user === '' ? {} : { user }),
    ...(password === '' ? {} : { password }),
    ...(tokenServer === '' ? {} : { tokenServer }),
    ...(authorities === '' ? {} : { authorities }),
  };
}

function AddRegistry({ registries }: Pick<Props, 'registries'>): ReactNode {
  const [text, setText] = useState(nothing);
  const write = (part: Partial<typeof nothing>): void => setText({ ...text, ...part });
  const saving = useTrustChange(
    async () =>
      await ask(putTrustedRegistry, {
        params: { id: newId(text.name, registries) },
        body: bodyOf(text),
      }),
    () => setText(nothing),
  );
  return (
    <TrustForm act="Trust a registry" save={() => saving.mutate()} saving={saving}>
      <TextField label="Name" longest={200} value={text.name} change={(name) => write({ name })} />
      <TextField
        label="Repositories"
        mono="yes"
        longest={512}
        placeholder="registry.example/team"
        hint="A registry, or a path in one; * matches one whole path segment."
        value={text.repositories}
        change={(repositories) => write({ repositories })}
      />
      <TextField label="User" longest={255} value={text.user} change={(user) => write({ user })} />
      <label className="field">
        Password
        <input
          type="password"
          autoComplete="new-password"
          value={text.password}
          onChange={(event) => write({ password: event.currentTarget.value })}
        />
      </label>
      <TextField
        label="Token server"
        mono="yes"
        longest={255}
        placeholder="auth.example"
        hint="A host other than the registry’s that gives its tokens. It gets the password too, over TLS."
        value={text.tokenServer}
        change={(tokenServer) => write({ tokenServer })}
      />
      <TextField
        label="Certificate authority (PEM)"
        mono="yes"
        lines={3}
        value={text.authorities}
        change={(authorities) => write({ authorities })}
      />
      <Check checked={text.insecure} change={(insecure) => write({ insecure })}>
        Allow plain HTTP
      </Check>
    </TrustForm>
  );
}
