import { useMutation, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { getProvider, type ProviderCheck, testProvider } from '#access/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import { ask, reading } from '../../api.ts';
import { StartCommand } from '../../app/own-program.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../ui/blank.tsx';
import type { Column } from '../../ui/columns.ts';
import { Failure } from '../../ui/failure.tsx';
import { Fact } from '../../ui/page-head.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { type MarkState, State } from '../../ui/state-mark.tsx';
import { Sees } from './collections-field.tsx';

type Provider = NonNullable<ReplyOf<typeof getProvider>['provider']>;
type GroupRole = Provider['roles'][number];

/** How people sign in by OpenID Connect, which group has which role, and a test of the provider. */
export function ProviderSection(): ReactNode {
  const { data, error, refetch } = useQuery(reading(getProvider));
  if (error) return <ErrorState error={error} retry={() => void refetch()} />;
  if (data === undefined)
    return (
      <p className="section" aria-busy="true">
        <Skeleton width={360} />
      </p>
    );
  return data.provider === undefined ? <NoProvider /> : <Settings provider={data.provider} />;
}

function NoProvider(): ReactNode {
  return (
    <EmptyState icon="access" title="People sign in by link or password">
      <p className="soft">
        With an OpenID Connect provider they sign in there, and groups give roles. Name a file of settings, then start
        the console again; docs/how-to/sign-in-with-openid-connect.md shows one.
      </p>
      <StartCommand setting="SEAWALL_OIDC_FILE=/etc/seawall/sign-in.yaml" />
    </EmptyState>
  );
}

function Settings({ provider }: { readonly provider: Provider }): ReactNode {
  const testing = useMutation({ mutationFn: () => ask(testProvider) });
  return (
    <>
      <section className="section">
        <header>
          <h2>{provider.name}</h2>
          <span className="quiet small">
            set in SEAWALL_OIDC_FILE; a change holds from the next start, a new client secret within 10 minutes
          </span>
        </header>
        <dl className="facts flat">
          <Fact name="Issuer">{provider.issuer}</Fact>
          <Fact name="Client">{provider.clientId}</Fact>
          <Fact name="Redirect address">{provider.redirectUri}</Fact>
          <Fact name="Scopes">{provider.scopes.join(' ')}</Fact>
          <Fact name="Groups from">claim {provider.groupsClaim}</Fact>
          <Fact name="Tokens work">{provider.tokenDays} days after their owner was last confirmed</Fact>
          <Fact name="Password form">{provider.passwordSignIn}</Fact>
        </dl>
        <p className="provider-test">
          <button type="button" className="btn" disabled={testing.isPending} onClick={() => testing.mutate()}>
            Test the provider
          </button>
        </p>
        {testing.isError && <Failure error={testing.error} />}
        <p role="status" className="small">
          {testing.isPending && 'Asking the provider …'}
          {testing.data && sentenceOf(testing.data.checks)}
        </p>
      </section>
      {testing.data && (
        <PlainTable name="Test" rows={testing.data.checks} columns={checkColumns} keyOf={({ name }) => name} />
      )}
      <section className="section flush">
        <header>
          <h2>Groups and roles</h2>
          <span className="quiet small">
            checked top down; the first group that a person is in applies. Without one the sign-in is refused
          </span>
        </header>
      </section>
      <PlainTable name="Groups and roles" rows={provider.roles} columns={roleColumns} keyOf={keyOfRole} />
    </>
  );
}

function keyOfRole({ group, role }: GroupRole): string {
  return `${group} ${role}`;
}

function sentenceOf(checks: readonly ProviderCheck[]): string {
  const failed = checks.filter(({ state }) => state === 'fail').length;
  const alerts = checks.filter(({ state }) => state === 'alert').length;
  if (failed > 0) return `Nobody can sign in: ${failed} of ${checks.length} checks fail.`;
  return alerts > 0 ? `Sign-in can work; ${alerts} of ${checks.length} checks need a look.` : 'Every check passes.';
}

const checkStates: Readonly<Record<ProviderCheck['state'], readonly [MarkState, string]>> = {
  pass: ['pass', 'Pass'],
  alert: ['partly', 'Look'],
  fail: ['fail', 'Fail'],
  unknown: ['unknown', 'Unknown'],
};

const checkColumns: readonly Column<ProviderCheck>[] = [
  { id: 'check', name: 'Check', className: 'nowrap', heads: 'row', cell: ({ name }) => name },
  {
    id: 'state',
    name: 'State',
    className: 'nowrap',
    cell: ({ state }) => <State state={checkStates[state][0]}>{checkStates[state][1]}</State>,
  },
  { id: 'words', name: 'What it says', className: 'breakable', cell: ({ words }) => words },
];

const roleColumns: readonly Column<GroupRole>[] = [
  { id: 'group', name: 'Group', className: 'breakable', heads: 'row', cell: ({ group }) => group },
  { id: 'role', name: 'Role', className: '', cell: ({ role }) => role },
  { id: 'sees', name: 'Scope', className: 'soft', cell: ({ collections }) => <Sees collections={collections} /> },
];
