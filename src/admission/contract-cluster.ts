import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { Environment, Slug } from '#access/contract.ts';
import { digest, line, moment } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';
import { Sums } from './contract-decision.ts';

/** A Kubernetes cluster whose API server asks this console about pods. */
export const Cluster = z.object({
  name: Slug,
  /** Of namespaces that no collection gives one. */
  environment: Environment.optional(),
  connectedAt: moment,
  connectedBy: line(255),
  /** When its API server asked last, to the minute; missing: never. */
  askedAt: moment.optional(),
});
export type Cluster = Immutable<z.infer<typeof Cluster>>;

const AskingCluster = Cluster.extend({
  /** What its API server was answered in the last 24 hours. */
  day: Sums,
});
export type AskingCluster = Immutable<z.infer<typeof AskingCluster>>;

/** An image that a cluster was to start and nobody has scanned. */
export const WantedImage = z.object({
  /** As the pod names it. */
  reference: line(1024),
  digest,
  /** Namespace that asked last, `kubernetes:CLUSTER/NAMESPACE`. */
  host: line(400),
  environment: Environment.optional(),
  firstAsked: moment,
  lastAsked: moment,
});
export type WantedImage = Immutable<z.infer<typeof WantedImage>>;

export const listClusters = endpoint({
  method: 'GET',
  path: '/api/v1/clusters',
  summary: 'Kubernetes clusters that ask about pods',
  needs: 'manage-agents',
  reply: z.object({
    clusters: z.array(AskingCluster),
    /** Newest first; those of the last 14 days. */
    wanted: z.array(WantedImage).max(1000),
  }),
});

/** Lets a cluster ask. Its key is in nothing but this answer; one that is connected again gets another. */
export const connectCluster = endpoint({
  method: 'PUT',
  path: '/api/v1/clusters/:name',
  summary: 'Connect a Kubernetes cluster',
  needs: 'manage-agents',
  params: z.object({ name: Slug }),
  body: z.object({ environment: Environment.optional() }),
  reply: z.object({
    /** Below the address of the webhook; whoever has it asks as this cluster. */
    path: z.string(),
    /** PEM of the authorities that the API server is to trust, newest first. */
    authority: z.string(),
  }),
});

/** From then on its API server is not answered. */
export const disconnectCluster = endpoint({
  method: 'DELETE',
  path: '/api/v1/clusters/:name',
  summary: 'Disconnect a Kubernetes cluster',
  needs: 'manage-agents',
  params: z.object({ name: Slug }),
  reply: z.object({}),
});
