import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type getMe, listSessions, listTokens, listUsers } from '#access/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import { reading } from '../../api.ts';
import { useMe } from '../../app/session.ts';
import { Notice } from '../../ui/blank.tsx';
import { useNow } from '../../ui/clock.ts';
import { count, counted } from '../../ui/format.ts';
import { When } from '../../ui/marks.tsx';
import { Fact, PageHead, WaitingHead } from '../../ui/page-head.tsx';
import { type AccessTab, accessTabs } from './access-search.ts';
import { Sees } from './collections-field.tsx';
import { PasswordSection } from './password-section.tsx';
import { ProviderSection } from './provider-section.tsx';
import { RolesSection } from './roles-section.tsx';
import { SessionsSection } from './sessions-section.tsx';
import { TokensSection } from './tokens-section.tsx';
import { UsersSection } from './users-section.tsx';
import '../../ui/plain-table.css';
import './access-page.css';

const route = getRouteApi('/inside/access');
const title = 'Access';
const tabNames: Readonly<Record<AccessTab, string>> = {
  users: 'Users',
  tokens: 'API tokens',
  sessions: 'Sessions',
  provider: 'Sign-in',
  roles: 'Roles',
  password: 'My sign-in',
};

/** Users, tokens and sessions for administrators; roles and one's own password for everyone. */
export function AccessPage(): ReactNode {
  const me = useMe();
  const { tab } = route.useSearch();
  if (me === undefined) return <WaitingHead title={title} />;
  const administers = me.permissions.includes('administer');
  const tabs = accessTabs.filter((one) => administers || one === 'roles' || one === 'password');
  const shown = tab !== undefined && tabs.includes(tab) ? tab : (tabs.includes('users') && 'users') || 'password';
  return (
    <>
      {administers ? <AdministratorHead /> : <OwnHead />}
      {!me.hasPassword && me.provider === undefined && shown !== 'password' && <NoPassword />}
      <nav className="tabs" aria-label="Access" ref={showCurrent}>
        {tabs.map((one) => (
          <Link
            key={one}
            to="/access"
            search={{ tab: one }}
            resetScroll={false}
            {...(one === shown && { 'aria-current': 'page' })}
          >
            {tabNames[one]}
            <TabCount tab={one} />
          </Link>
        ))}
      </nav>
      <Section tab={shown} me={me} />
    </>
  );
}

/** On a narrow screen the row of tabs is longer than the page. */
function showCurrent(row: HTMLElement | null): void {
  const current = row?.querySelector<HTMLElement>('[aria-current]');
  if (row && current) row.scrollLeft += current.getBoundingClientRect().right - row.getBoundingClientRect().right + 40;
}

function Section({ tab, me }: { readonly tab: AccessTab; readonly me: ReplyOf<typeof getMe> }): ReactNode {
  switch (tab) {
    case 'users':
      return <UsersSection />;
    case 'tokens':
      return <TokensSection />;
    case 'sessions':
      return <SessionsSection />;
    case 'provider':
      return <ProviderSection />;
    case 'roles':
      return <RolesSection />;
    case 'password':
      return <PasswordSection me={me} />;
  }
}

function AdministratorHead(): ReactNode {
  const users = useQuery(reading(listUsers));
  const now = useNow();
  const tokens = useQuery(reading(listTokens)).data?.tokens.filter(
    ({ expiresAt }) => expiresAt === undefined || Date.parse(expiresAt) > now.getTime(),
  );
  const held = tokens?.filter(({ heldSince }) => heldSince !== undefined).length ?? 0;
  const sessions = useQuery(reading(listSessions)).data?.sessions;
  // The section below shows the error.
  if (users.error) return <OwnHead />;
  const all = users.data?.users;
  const mayEnter = all?.filter((user) => !user.disabled);
  const locked = mayEnter?.filter((user) => !user.hasPassword && user.provider === undefined).length ?? 0;
  if (mayEnter === undefined || tokens === undefined || sessions === undefined) return <WaitingHead title={title} />;
  return (
    <PageHead
      title={title}
      verdict={`${counted(mayEnter.length, 'user')}, ${counted(tokens.length - held, 'active token')}${held > 0 ? `, ${held} held` : ''}.`}
      reason={`${counted(sessions.length, 'open session')}.${locked > 0 ? ` ${counted(locked, 'user has no password and signs', 'users have no password and sign')} in by link only.` : ''}`}
      facts={<Me />}
    />
  );
}

function OwnHead(): ReactNode {
  const me = useMe();
  return (
    <PageHead
      title={title}
      verdict={me ? `You are ${me.name}, ${me.role}.` : ''}
      reason={
        me?.collections === undefined ? 'Scope: everything.' : `Scope: ${counted(me.collections.length, 'collection')}.`
      }
      facts={<Me />}
    />
  );
}

function Me(): ReactNode {
  const me = useMe();
  return (
    <>
      <Fact name="Signed in as">{me?.name}</Fact>
      <Fact name="Role">{me?.role}</Fact>
      <Fact name="Scope">{me && <Sees collections={me.collections} />}</Fact>
      {me?.provider === undefined ? (
        <Fact name="Password">{me?.hasPassword === true ? 'set' : 'none, links only'}</Fact>
      ) : (
        <Fact name="Confirmed">
          by {me.provider.name} <When moment={me.provider.confirmedAt} />
        </Fact>
      )}
    </>
  );
}

function NoPassword(): ReactNode {
  return (
    <Notice title="You have no password yet">
      <p className="soft">
        The link that brought you here worked once.{' '}
        <Link to="/access" search={{ tab: 'password' }}>
          Set a password
        </Link>{' '}
        to sign in again without a new one.
      </p>
    </Notice>
  );
}

function TabCount({ tab }: { readonly tab: AccessTab }): ReactNode {
  switch (tab) {
    case 'users':
      return <UserCount />;
    case 'tokens':
      return <TokenCount />;
    case 'sessions':
      return <SessionCount />;
    case 'provider':
    case 'roles':
    case 'password':
      return null;
  }
}

function UserCount(): ReactNode {
  return <Figure value={useQuery(reading(listUsers)).data?.users.length} />;
}

function TokenCount(): ReactNode {
  return <Figure value={useQuery(reading(listTokens)).data?.tokens.length} />;
}

function SessionCount(): ReactNode {
  return <Figure value={useQuery(reading(listSessions)).data?.sessions.length} />;
}

function Figure({ value }: { readonly value: number | undefined }): ReactNode {
  return <b>{value === undefined ? '…' : count(value)}</b>;
}
