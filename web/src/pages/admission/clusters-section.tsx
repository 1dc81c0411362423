import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { type AskingCluster, disconnectCluster, listClusters } from '#admission/contract.ts';
import { ask, reading } from '../../api.ts';
import { useMe } from '../../app/session.ts';
import { type Asked, AskOnce } from '../../ui/ask-once.tsx';
import { ErrorState } from '../../ui/blank.tsx';
import type { Column } from '../../ui/columns.ts';
import { EnvironmentMark } from '../../ui/environment-mark.tsx';
import { count } from '../../ui/format.ts';
import { When } from '../../ui/marks.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { State } from '../../ui/state-mark.tsx';

/** Kubernetes clusters whose API servers ask this console, for those who may connect them. */
export function ClustersSection(): ReactNode {
  const may = useMe()?.permissions.includes('manage-agents') === true;
  return may ? <Clusters /> : null;
}

function Clusters(): ReactNode {
  const { data, error, refetch } = useQuery(reading(listClusters));
  const queries = useQueryClient();
  const [asked, askFor] = useState<Asked>();
  if (error && data === undefined) return <ErrorState error={error} retry={() => void refetch()} />;
  const disconnect = ({ name }: AskingCluster): void =>
    askFor({
      title: `Disconnect ${name}?`,
      consequence:
        'Its API server is answered no more, and lets no pod in until its webhook is removed, unless it was made to fail open. Connected again, it gets another key.',
      act: 'Disconnect',
      run: async () => {
        await ask(disconnectCluster, { params: { name } });
        await queries.invalidateQueries({ queryKey: reading(listClusters).queryKey });
      },
    });
  return (
    <section className="section flush" aria-label="Kubernetes clusters">
      <header>
        <h2>Kubernetes clusters</h2>
      </header>
      <PlainTable
        name="Kubernetes clusters"
        rows={data?.clusters as readonly AskingCluster[] | undefined}
        columns={columnsOf(disconnect)}
        keyOf={({ name }) => name}
        empty={<NoClusters />}
      />
      <AskOnce asked={asked} close={() => askFor(undefined)} />
    </section>
  );
}

function NoClusters(): ReactNode {
  return (
    <div className="no-clusters below">
      <p className="soft">No cluster asks this console about pods. One is connected on the console’s machine:</p>
      <div className="command">
        <code>seawall gate kubernetes CLUSTER --output webhook.yaml</code>
      </div>
    </div>
  );
}

function columnsOf(disconnect: (cluster: AskingCluster) => void): readonly Column<AskingCluster>[] {
  return [
    {
      id: 'name',
      name: 'Cluster',
      className: 'breakable',
      heads: 'row',
      cell: ({ name, environment }) => (
        <>
          <span className="strong">{name}</span> <EnvironmentMark environment={environment} />
        </>
      ),
    },
    {
      id: 'connected',
      name: 'Connected',
      className: 'soft breakable',
      cell: ({ connectedAt, connectedBy }) => (
        <span>
          <When moment={connectedAt} /> by {connectedBy}
        </span>
      ),
    },
    { id: 'asked', name: 'Last asked', className: 'soft', cell: ({ askedAt }) => <LastAsked at={askedAt} /> },
    { id: 'day', name: 'Answers in 24 hours', className: 'soft', cell: (cluster) => <Answers of={cluster} /> },
    {
      id: 'disconnect',
      name: 'Disconnect',
      quietHead: 'yes',
      className: 'end nowrap',
      cell: (cluster) => (
        <button
          type="button"
          className="btn plain"
          aria-label={`Disconnect ${cluster.name}`}
          onClick={() => disconnect(cluster)}
        >
          Disconnect…
        </button>
      ),
    },
  ];
}

function LastAsked({ at }: { readonly at: string | undefined }): ReactNode {
  return at === undefined ? <State state="unknown">Never: apply its manifest</State> : <When moment={at} />;
}

function Answers({ of: { name, day } }: { readonly of: AskingCluster }): ReactNode {
  const { allowed, alerted, denied } = day;
  const total = allowed + alerted + denied;
  const of = `kubernetes:${name}/`;
  if (total === 0) return 'none';
  return (
    <span>
      <Link to="/deployments" search={{ gate: 'kubernetes-webhook', search: of, since: 'day' }}>
        {count(total)}
      </Link>
      : {count(allowed)} allowed, {count(alerted)} alerted, {count(denied)} refused
    </span>
  );
}
