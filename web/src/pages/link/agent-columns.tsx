import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type Agent, type FactGap, unassigned } from '#link/contract.ts';
import { environmentName } from '../../app/environment.ts';
import { useNow } from '../../ui/clock.ts';
import type { Column } from '../../ui/columns.ts';
import { count, counted, date, dateTime } from '../../ui/format.ts';
import { Hash, When } from '../../ui/marks.tsx';
import { State } from '../../ui/state-mark.tsx';
import { AgentStateMark } from './agent-state.tsx';
import { clockWords, type Concern, concernsOf } from './concerns.ts';

/** One line for each agent. `revoke` is missing for those who may not. */
export function agentColumns(revoke: ((agent: Agent) => void) | undefined): readonly Column<Agent>[] {
  const all: readonly Column<Agent>[] = [
    {
      id: 'name',
      name: 'Agent',
      className: 'breakable',
      heads: 'row',
      cell: (agent) => (
        <>
          <Link
            className="l1 strong"
            to="/containers"
            search={{ host: agent.name }}
            title={`Containers on ${agent.name}`}
          >
            {agent.name}
          </Link>
          <span className="l2">
            {agent.version}, {environmentName(agent.environment)}
            <Allowed agent={agent} />
          </span>
        </>
      ),
    },
    {
      id: 'state',
      name: 'State',
      className: '',
      cell: (agent) => <AgentStateMark state={agent.state} seenAt={agent.seenAt} />,
    },
    { id: 'certificate', name: 'Certificate', className: 'soft', cell: (agent) => <Certificate agent={agent} /> },
    { id: 'clock', name: 'Clock', className: 'soft', cell: (agent) => <Clock agent={agent} /> },
    { id: 'lost', name: 'Lost or refused', className: 'soft breakable', cell: (agent) => <Losses agent={agent} /> },
    {
      id: 'joined',
      name: 'Joined',
      className: 'soft breakable',
      cell: (agent) => (
        <span title={dateTime(agent.joinedAt)}>
          <When moment={agent.joinedAt} /> by {agent.joinToken}
        </span>
      ),
    },
  ];
  if (revoke === undefined) return all;
  return [...all, revokeColumn(revoke)];
}

function revokeColumn(revoke: (agent: Agent) => void): Column<Agent> {
  return {
    id: 'revoke',
    name: 'Revoke',
    quietHead: 'yes',
    className: 'end',
    cell: (agent) =>
      agent.state === 'live' || agent.state === 'silent' ? (
        <button
          type="button"
          className="btn plain"
          aria-label={`Revoke the agent of ${agent.name}`}
          onClick={() => revoke(agent)}
        >
          Revoke…
        </button>
      ) : null,
  };
}

/** What its join token allows besides, and what it asks for in vain. */
function Allowed({ agent }: { readonly agent: Agent }): ReactNode {
  const concern = useConcern(agent, 'environment');
  const others = agent.environments.filter((name) => name !== (agent.environment ?? unassigned));
  return (
    <>
      {others.length > 0 && `; may be in ${others.join(', ')}`}
      {concern && <State state="unknown">{concern.text}</State>}
    </>
  );
}

function useConcern(agent: Agent, about: Concern['about']): Concern | undefined {
  const now = useNow();
  return concernsOf(agent, now).find((one) => one.about === about);
}

function Certificate({ agent }: { readonly agent: Agent }): ReactNode {
  const concern = useConcern(agent, 'certificate');
  const { fingerprint, notAfter } = agent.certificate;
  return (
    <>
      <span className="l1" title={dateTime(notAfter)}>
        {concern ? <State state="unknown">until {date(notAfter)}</State> : `until ${date(notAfter)}`}
      </span>
      <span className="l2">
        <Hash digest={`sha256:${fingerprint}`} what="fingerprint" />
      </span>
    </>
  );
}

function Clock({ agent }: { readonly agent: Agent }): ReactNode {
  const concern = useConcern(agent, 'clock');
  if (agent.clockOffset === undefined) return <span className="quiet">not known</span>;
  const words = clockWords(agent.clockOffset);
  return concern ? <State state="unknown">{words}</State> : words;
}

function Losses({ agent }: { readonly agent: Agent }): ReactNode {
  const { lost, gap, refused } = agent;
  if (lost === 0 && gap === undefined && refused === undefined) return <span className="quiet">none</span>;
  return (
    <>
      {lost > 0 && <State state="unknown">{count(lost)} lost</State>}
      {gap && (
        <span title={gapWords(gap.newest)}>
          <State state="unknown">{counted(gap.facts, 'fact')} missing</State>
          <span className="l2">{gapWords(gap.newest)}</span>
        </span>
      )}
      {refused && (
        <span title={`${refused.reason} ${dateTime(refused.at)}`}>
          <State state="unknown">{counted(refused.facts, 'fact')} refused</State>
          <span className="l2">{refused.reason}</span>
        </span>
      )}
    </>
  );
}

/** The bounds of a gap: sequences, and when. */
function gapWords({ epoch, first, last, from, to }: FactGap): string {
  const end = last === undefined ? 'to an unknown end' : `to ${last}`;
  const since = from === undefined ? '' : ` between ${dateTime(from)} and ${dateTime(to)}`;
  return `${first} ${end} of epoch ${epoch.slice(0, 8)}${since}`;
}
