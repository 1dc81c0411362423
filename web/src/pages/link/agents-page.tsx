import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { type Agent, listAgents, listJoinTokens, revokeAgent } from '#link/contract.ts';
import { ask, reading } from '../../api.ts';
import { environmentKey, environmentName, useEnvironment } from '../../app/environment.ts';
import { FilteredTable } from '../../app/filtered-table.tsx';
import { Tabs } from '../../app/tabs.tsx';
import { useMe } from '../../app/session.ts';
import { type Asked, AskOnce } from '../../ui/ask-once.tsx';
import { EmptyState, ErrorState } from '../../ui/blank.tsx';
import { useNow } from '../../ui/clock.ts';
import { count, counted } from '../../ui/format.ts';
import { Icon } from '../../ui/icon.tsx';
import { PageHead, WaitingHead } from '../../ui/page-head.tsx';
import { agentColumns } from './agent-columns.tsx';
import type { AgentsSearch } from './agents-search.ts';
import { concernsOf, gravestOf } from './concerns.ts';
import { JoinDialog } from './join-dialog.tsx';
import { JoinTokens } from './join-tokens.tsx';

const route = getRouteApi('/inside/agents');
const title = 'Agents';

/** The programs on hosts that report to this console: how they are, and a way to shut one out. */
export function AgentsPage(): ReactNode {
  const { tab } = route.useSearch();
  const { data, error, refetch } = useQuery(reading(listAgents));
  const environment = useEnvironment();
  const [joining, setJoining] = useState(false);
  const manages = useMe()?.permissions.includes('manage-agents') === true;
  if (error) return <ErrorState error={error} retry={() => void refetch()} />;
  const agents = data?.agents.filter(
    (agent) => environment === undefined || environmentKey(agent.environment) === environment,
  );
  const inUse = agents?.filter(isInUse);
  const former = agents?.filter((agent) => !isInUse(agent));
  const add = manages && (
    <button type="button" className="btn primary" onClick={() => setJoining(true)}>
      <Icon name="plus" />
      Add a host
    </button>
  );
  return (
    <>
      <AgentsHead agents={inUse} actions={add} />
      <AgentTabs inUse={inUse?.length} former={former?.length} manages={manages} />
      {tab === 'tokens' && manages ? (
        <JoinTokens add={add} />
      ) : (
        <AgentTable
          agents={tab === 'former' ? former : inUse}
          manages={manages}
          empty={tab === 'former' ? <NoFormer /> : <NoAgents add={add} />}
        />
      )}
      {manages && <JoinDialog opened={joining} close={() => setJoining(false)} />}
    </>
  );
}

function isInUse({ state }: Agent): boolean {
  return state === 'live' || state === 'silent';
}

function AgentsHead(props: { readonly agents: readonly Agent[] | undefined; readonly actions: ReactNode }): ReactNode {
  const { agents, actions } = props;
  const now = useNow();
  if (agents === undefined) return <WaitingHead title={title} />;
  if (agents.length === 0) {
    return <PageHead title={title} state="unknown" verdict="No agent reports." actions={actions} />;
  }
  const live = agents.filter((agent) => agent.state === 'live').length;
  const concerned = agents.filter((agent) => concernsOf(agent, now).length > 0);
  return (
    <PageHead
      title={title}
      state={concerned.length > 0 ? 'unknown' : 'pass'}
      verdict={
        live === agents.length
          ? `${agents.length === 1 ? 'The one agent is' : `All ${count(live)} agents are`} live.`
          : `${count(live)} of ${counted(agents.length, 'agent')} ${live === 1 ? 'is' : 'are'} live.`
      }
      reason={concerned.length === 0 ? 'Nothing of what they sent was lost.' : reasonOf(concerned, now)}
      actions={actions}
    />
  );
}

/** The gravest concern of all of them; what exactly was refused stands in the table. */
function reasonOf(concerned: readonly Agent[], now: Date): string {
  const worst = gravestOf(concerned, now);
  if (worst === undefined) return '';
  const more = concerned.length - 1;
  const others = more === 0 ? '' : ` ${counted(more, 'other needs', 'others need')} a look.`;
  return `${worst.agent.name}: ${worst.concern.text}.${others}`;
}

interface TabsProps {
  readonly inUse: number | undefined;
  readonly former: number | undefined;
  readonly manages: boolean;
}

function AgentTabs({ inUse, former, manages }: TabsProps): ReactNode {
  const { tab } = route.useSearch();
  const tokens = useQuery({ ...reading(listJoinTokens), enabled: manages }).data?.tokens.length;
  return (
    <Tabs
      name="Agents"
      field="tab"
      search={{ tab }}
      tabs={[
        [undefined, 'In use', inUse],
        ['former', 'Revoked or replaced', former],
        ...(manages ? ([['tokens', 'Join tokens', tokens]] as const) : []),
      ]}
    />
  );
}

interface TableProps {
  readonly agents: readonly Agent[] | undefined;
  readonly manages: boolean;
  readonly empty: ReactNode;
}

function AgentTable({ agents, manages, empty }: TableProps): ReactNode {
  const search = route.useSearch();
  const now = useNow();
  const queries = useQueryClient();
  const [asked, askFor] = useState<Asked>();
  const revoke = (agent: Agent): void =>
    askFor({
      title: `Revoke the agent of ${agent.name}?`,
      consequence: `From now on its certificate is refused. What the console knows of ${agent.name} stays and is shown as stale. The host comes back only with a new join token.`,
      act: 'Revoke',
      run: async () => {
        await ask(revokeAgent, { params: { id: agent.id } });
        await queries.invalidateQueries({ queryKey: reading(listAgents).queryKey });
      },
    });
  return (
    <>
      <FilteredTable<Agent, AgentsSearch>
        name="Agents"
        noun={['agent', 'agents']}
        rows={agents}
        search={search}
        searchFor="host, environment or version"
        textOf={({ name, version, environment }) => `${name} ${version} ${environmentName(environment)}`}
        filters={[{ id: 'state', name: 'State', options: stateOptions }]}
        passes={(agent, { state }) => passes(agent, state, now)}
        columns={agentColumns(manages ? revoke : undefined)}
        keyOf={(agent) => agent.id}
        stale={(agent) => agent.state === 'silent'}
        empty={empty}
      />
      <AskOnce asked={asked} close={() => askFor(undefined)} />
    </>
  );
}

const stateOptions = [
  ['live', 'live'],
  ['silent', 'silent'],
  ['concern', 'needs a look'],
] as const;

function passes(agent: Agent, state: AgentsSearch['state'], now: Date): boolean {
  if (state === undefined) return true;
  return state === 'concern' ? concernsOf(agent, now).length > 0 : agent.state === state;
}

function NoAgents({ add }: { readonly add: ReactNode }): ReactNode {
  return (
    <EmptyState icon="agents" title="Agents appear here as their hosts join">
      <p className="soft">
        An agent runs on each host. It reports images and containers, scans them where they lie, and holds a certificate
        that it renews by itself.
      </p>
      {add || <p className="small quiet">An operator or administrator makes the token that a host joins by.</p>}
    </EmptyState>
  );
}

function NoFormer(): ReactNode {
  return (
    <EmptyState icon="agents" title="No agent was revoked or replaced">
      <p className="soft">
        Agents stay listed here after they were revoked, or after another one joined as the same host.
      </p>
    </EmptyState>
  );
}
