import type { Metric } from '../../metrics/metric.ts';

const methods = 'GET, POST, PUT, DELETE, …';
const route = 'path of the endpoint as [API](api.md) writes it, `pages`, or `none` where there is nothing';
const port = '`pages`: pages and API, `link`: agents';

/** What the console measures. */
export const consoleMetrics = [
  {
    name: 'seawall_build_info',
    kind: 'gauge',
    help: 'Always 1; the version is the label.',
    labels: { version: 'version of Seawall' },
  },
  {
    name: 'seawall_http_requests_total',
    kind: 'counter',
    help: 'Requests that were answered.',
    labels: { port, method: methods, route, code: 'class of the status: 2xx, 3xx, 4xx, 5xx' },
  },
  {
    name: 'seawall_http_request_duration_seconds',
    kind: 'histogram',
    help: 'Time until a request was answered in full; live streams are left out.',
    labels: { port, method: methods, route },
    buckets: [0.01, 0.05, 0.1, 0.3, 1, 3, 10, 30],
  },
  {
    name: 'seawall_database_up',
    kind: 'gauge',
    help: '1 when PostgreSQL answered just now, else 0; then what it knows is missing here.',
  },
  { name: 'seawall_database_bytes', kind: 'gauge', help: 'What the data of PostgreSQL takes on its disk.' },
  {
    name: 'seawall_database_sessions',
    kind: 'gauge',
    help: 'Sessions of this console at PostgreSQL.',
    labels: { use: '`requests`: somebody waits for the answer, `jobs`: nobody does', state: 'busy, idle' },
  },
  {
    name: 'seawall_database_sessions_max',
    kind: 'gauge',
    help: 'Sessions that this console takes at most.',
    labels: { use: 'requests, jobs' },
  },
  {
    name: 'seawall_database_sessions_waiting',
    kind: 'gauge',
    help: 'Callers that wait for a session.',
    labels: { use: 'requests, jobs' },
  },
  { name: 'seawall_jobs_waiting', kind: 'gauge', help: 'Reactions that are due and not begun.' },
  { name: 'seawall_jobs_retrying', kind: 'gauge', help: 'Reactions that failed and are tried again.' },
  { name: 'seawall_jobs_failed', kind: 'gauge', help: 'Reactions given up in the last 24 hours.' },
  {
    name: 'seawall_jobs_oldest_age_seconds',
    kind: 'gauge',
    help: 'Age of the oldest reaction that waits or is tried again; 0 when none does.',
  },
  {
    name: 'seawall_agents',
    kind: 'gauge',
    help: 'Agents by how they stand.',
    labels: { state: 'live, silent, revoked, replaced' },
  },
  { name: 'seawall_sessions', kind: 'gauge', help: 'Sessions of people that still hold.' },
  {
    name: 'seawall_vulnerability_database_built_timestamp_seconds',
    kind: 'gauge',
    help: 'When the vulnerability database in use was built; missing: there is none.',
  },
  {
    name: 'seawall_feed_timestamp_seconds',
    kind: 'gauge',
    help: 'Newest moment that a feed of the database states itself.',
    labels: { feed: 'at most 200 feeds: `Debian:13`, `npm`, …' },
  },
  {
    name: 'seawall_backup_last_success_timestamp_seconds',
    kind: 'gauge',
    help: 'When the last backup ended well; missing: there is none.',
  },
  {
    name: 'seawall_tasks_ended_by_limits_total',
    kind: 'counter',
    help: 'Tasks of child processes that were ended for their time or memory: somebody sent what costs too much.',
  },
] as const satisfies readonly Metric[];

export type ConsoleMetric = (typeof consoleMetrics)[number]['name'];
