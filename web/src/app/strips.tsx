import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { getConsole, listTokens, listUsers } from '#access/contract.ts';
import { getDatabase } from '#vulnerability/contract.ts';
import { reading } from '../api.ts';
import { counted } from '../ui/format.ts';
import { Minute } from '../ui/marks.tsx';
import { useMe } from './session.ts';
import './strips.css';

/** Says on every page that the console plays a recording, where it says so itself. */
export function DemoMark(): ReactNode {
  const { demo } = useQuery({ ...reading(getConsole), staleTime: Number.POSITIVE_INFINITY }).data ?? {};
  if (demo === undefined) return null;
  const recorded = demo.recordedAt.slice(0, 10);
  return (
    <span
      className="mark demo"
      title={`Plays what was recorded in the lab on ${recorded}. No host of yours is watched.`}
    >
      Demo
    </span>
  );
}

/** Says where what people type crosses the network in the clear: here by the browser's word, elsewhere by the console's. */
export function PlainHttp({ where }: { readonly where: 'sign-in' | 'inside' }): ReactNode {
  const { plainHttp } = useQuery({ ...reading(getConsole), staleTime: Number.POSITIVE_INFINITY }).data ?? {};
  const isHere = !window.isSecureContext;
  if (!isHere && (where === 'sign-in' || plainHttp === undefined)) return null;
  return (
    <p className="strip" role="note">
      <strong>{isHere ? 'This page came by plain HTTP.' : 'People sign in by plain HTTP.'}</strong> Whoever is on the
      way reads passwords and takes over sessions. Put a proxy with TLS in front and name its address in{' '}
      <code>SEAWALL_ORIGIN</code>.
    </p>
  );
}

/** Without a database the numbers of every page lack their most important part. */
export function NoDatabase(): ReactNode {
  const database = useQuery(reading(getDatabase)).data;
  if (database?.state !== 'missing') return null;
  return (
    <p className="strip" role="status">
      <strong>No vulnerability database.</strong> Findings and verdicts are unknown; images, layers, containers and
      runtime are shown. <Link to="/feeds">What to do</Link>
    </p>
  );
}

/** After a restore pipelines stand still until an administrator has looked at the tokens; users of then are back until one did. */
export function Restored(): ReactNode {
  const isAdministrator = useMe()?.permissions.includes('administer') === true;
  const { tokens = [], restored } = useQuery({ ...reading(listTokens), enabled: isAdministrator }).data ?? {};
  const users = useQuery({ ...reading(listUsers), enabled: isAdministrator && restored !== undefined }).data;
  const held = tokens.filter(({ heldSince }) => heldSince !== undefined).length;
  if (restored === undefined || (held === 0 && users?.restored === undefined)) return null;
  return (
    <p className="strip" role="status">
      <strong>Restored from a backup.</strong> It was taken <Minute moment={restored.takenAt} />;{' '}
      {held > 0
        ? `${counted(held, 'API token')} ${held === 1 ? 'does' : 'do'} not work until you confirm ${held === 1 ? 'it' : 'them'}.`
        : 'users, agents and clusters are as they were then until you confirm them.'}{' '}
      <Link to="/access" search={{ tab: held > 0 ? 'tokens' : 'users' }}>
        What to do
      </Link>
    </p>
  );
}

/** While the provider does not answer, roles are those of before, and the session has an end. */
export function ProviderAway(): ReactNode {
  const provider = useMe()?.provider;
  if (provider?.failedAt === undefined) return null;
  return (
    <p className="strip" role="status">
      <strong>{provider.name} does not answer.</strong> Your role was last confirmed{' '}
      <Minute moment={provider.confirmedAt} />. Without another answer the session ends{' '}
      <Minute moment={provider.until} />.
    </p>
  );
}
