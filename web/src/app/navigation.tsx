import { useQuery } from '@tanstack/react-query';
import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type getMe, signOut } from '#access/contract.ts';
import { getOverview } from '#explorer/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import { listExceptions } from '#policy/contract.ts';
import { listDecisions } from '#admission/contract.ts';
import { listIncidents } from '#runtime/contract.ts';
import { ask, reading } from '../api.ts';
import { count } from '../ui/format.ts';
import { BrandMark, Icon, type IconName } from '../ui/icon.tsx';
import { totalOf } from '../ui/severity.tsx';
import { useEnvironment } from './environment.ts';
import { signInPath } from './link-secret.ts';
import { useMe } from './session.ts';

/** The pages that exist, in the words that users of such products know. */
export function Navigation({ leave }: { readonly leave: () => void }): ReactNode {
  const environment = useEnvironment();
  const me = useMe();
  const all = useQuery(reading(getOverview, { query: { environment } })).data;
  const incidents = useQuery(reading(listIncidents, { query: { environment, limit: 1 } })).data;
  const requests = useQuery(reading(listExceptions, { query: { limit: 0 } })).data?.counts.requested;
  const refused = useQuery(reading(listDecisions, { query: { environment, answer: 'deny', limit: 1 } })).data;
  return (
    <nav className="side" id="navigation" aria-label="Main" onClick={leave}>
      <Link className="brand" to="/">
        <BrandMark />
        Seawall
      </Link>
      <h2>Monitor</h2>
      <ul>
        <Item icon="overview" name="Overview" to="/" activeOptions={{ exact: true }} />
        <Item
          icon="vulnerabilities"
          name="Vulnerabilities"
          to="/vulnerabilities"
          number={all && totalOf(all.vulnerabilities)}
        />
        <Item icon="tick" name="Compliance" to="/compliance" />
        <Item icon="runtime" name="Runtime" to="/runtime" />
        <Item icon="incidents" name="Incidents" to="/incidents" number={incidents?.open} alarm="yes" />
        <Item icon="applications" name="Applications" to="/applications" />
        <Item icon="images" name="Images" to="/images" number={all?.images} />
        <Item icon="hosts" name="Hosts" to="/hosts" number={all?.hosts} />
        <Item icon="containers" name="Containers" to="/containers" />
        <Item icon="deployments" name="Deployments" to="/deployments" number={refused?.day.denied} alarm="yes" />
      </ul>
      <h2>Defend</h2>
      <ul>
        <Item icon="rules" name="Vulnerability rules" to="/rules" />
        <Item icon="tick" name="Compliance rules" to="/compliance-rules" />
        <Item icon="admission" name="Admission rules" to="/admission-rules" />
        <Item icon="runtime" name="Runtime rules" to="/runtime-rules" />
        <Item icon="exceptions" name="Exceptions" to="/exceptions" number={requests === 0 ? undefined : requests} />
        <Item icon="trust" name="Trust" to="/trust" />
      </ul>
      <h2>Manage</h2>
      <ul>
        <Item icon="collections" name="Collections" to="/collections" />
        <Item icon="access" name="Access" to="/access" />
        <Item icon="agents" name="Agents" to="/agents" />
        <Item icon="feeds" name="Feeds" to="/feeds" />
        {me?.permissions.includes('read-audit') && <Item icon="audit" name="Audit trail" to="/audit" />}
        <Item icon="system" name="System" to="/system" />
      </ul>
      <Me />
    </nav>
  );
}

interface ItemProps extends Pick<LinkProps, 'to' | 'activeOptions'> {
  readonly icon: IconName;
  readonly name: string;
  readonly number?: number | undefined;
  /** Its number needs a person while it is not zero. */
  readonly alarm?: 'yes';
}

function Item({ icon, name, number, alarm, ...link }: ItemProps): ReactNode {
  return (
    <li>
      <Link activeOptions={{ includeSearch: false }} {...link} search={{}}>
        <Icon name={icon} />
        {name}
        {number !== undefined && <b className={alarm && number > 0 ? 'alarm' : undefined}>{count(number)}</b>}
      </Link>
    </li>
  );
}

function Me(): ReactNode {
  const me = useMe();
  const leave = (): void => {
    // A whole new page: nothing that this person could see stays in memory.
    void ask(signOut).then(
      ({ address }) => window.location.assign(address ?? signInPath),
      () => window.location.assign(signInPath),
    );
  };
  return (
    <div className="me">
      <span className="face" aria-hidden="true">
        {me?.name.slice(0, 2).toUpperCase()}
      </span>
      <p className="small">
        <span className="strong clip">{me?.name}</span>
        <span className="quiet clip">{me === undefined ? '' : mayDo(me)}</span>
      </p>
      <button type="button" className="icon-btn" aria-label="Sign out" title="Sign out" onClick={leave}>
        <Icon name="leave" />
      </button>
    </div>
  );
}

/** Role and scope. */
function mayDo({ role, collections }: ReplyOf<typeof getMe>): string {
  return `${role} · ${collections === undefined ? 'everything' : collections.length === 0 ? 'nothing' : collections.join(', ')}`;
}
