/** What a request is to the gate, besides what only looks. */
export type Ask =
  /** Nothing starts or grows by it. */
  | { readonly kind: 'harmless'; readonly action: string }
  | { readonly kind: 'create' }
  | { readonly kind: 'start'; readonly action: 'start' | 'restart'; readonly container: string }
  | { readonly kind: 'exec'; readonly container: string }
  | { readonly kind: 'update'; readonly container: string }
  | { readonly kind: 'pull' }
  | { readonly kind: 'build' }
  | { readonly kind: 'volume' }
  | { readonly kind: 'service'; readonly action: 'create service' | 'update service' }
  /** Never through this gate; the sentence says why and what to do instead. */
  | { readonly kind: 'closed'; readonly action: string; readonly reason: string };

/** Which body a request must come with, by what the engine acts on. */
export type Body =
  /** None: a form in it would stand over the query. */
  | 'none'
  /** JSON, which the gate must have been shown. */
  | 'json'
  /** JSON that changes nothing the gate judges; it may be missing. */
  | 'any-json'
  /** A stream: an archive, a terminal. */
  | 'stream';

export interface Route {
  readonly ask: Ask;
  readonly body: Body;
}

type Making = (name: string) => Ask;

/** Method, path with `*` for names, body, what it is. The first that matches counts; what none matches is closed. */
const table: readonly (readonly [method: string, path: string, body: Body, make: Making])[] = [
  ['POST', '/containers/create', 'json', () => ({ kind: 'create' })],
  ['POST', '/containers/*/start', 'none', (container) => ({ kind: 'start', action: 'start', container })],
  ['POST', '/containers/*/restart', 'none', (container) => ({ kind: 'start', action: 'restart', container })],
  ['POST', '/containers/*/exec', 'json', (container) => ({ kind: 'exec', container })],
  ['POST', '/containers/*/update', 'json', (container) => ({ kind: 'update', container })],
  [
    'POST',
    '/containers/*/checkpoints',
    'any-json',
    closed('checkpoint', 'A checkpoint is memory that no scan has seen.'),
  ],
  ['PUT', '/containers/*/archive', 'stream', harmless('copy into')],
  ['POST', '/images/create', 'stream', () => ({ kind: 'pull' })],
  ['POST', '/images/load', 'stream', harmless('load')],
  ['POST', '/images/**/tag', 'none', harmless('tag')],
  ['POST', '/images/**/push', 'none', harmless('push')],
  ['POST', '/commit', 'any-json', harmless('commit')],
  ['POST', '/build', 'stream', () => ({ kind: 'build' })],
  ['POST', '/volumes/create', 'json', () => ({ kind: 'volume' })],
  ['POST', '/services/create', 'json', () => ({ kind: 'service', action: 'create service' })],
  ['POST', '/services/*/update', 'json', () => ({ kind: 'service', action: 'update service' })],
  ...['attach', 'kill', 'pause', 'rename', 'resize', 'stop', 'unpause', 'wait'].map(
    (action) => ['POST', `/containers/*/${action}`, 'none', harmless(action)] as const,
  ),
  ...['containers', 'images', 'volumes', 'networks', 'build'].map(
    (what) => ['POST', `/${what}/prune`, 'none', harmless(`prune ${what}`)] as const,
  ),
  ['POST', '/build/cancel', 'none', harmless('cancel a build')],
  ['POST', '/exec/*/start', 'any-json', harmless('exec')],
  ['POST', '/exec/*/resize', 'none', harmless('resize')],
  ['POST', '/auth', 'stream', harmless('sign in')],
  ['POST', '/networks/create', 'json', harmless('create network')],
  ['POST', '/networks/*/connect', 'json', harmless('connect')],
  ['POST', '/networks/*/disconnect', 'json', harmless('disconnect')],
  ['POST', '/secrets/create', 'json', harmless('create secret')],
  ['POST', '/secrets/*/update', 'json', harmless('update secret')],
  ['POST', '/configs/create', 'json', harmless('create config')],
  ['POST', '/configs/*/update', 'json', harmless('update config')],
  ['POST', '/nodes/*/update', 'json', harmless('update node')],
  ['POST', '/swarm/leave', 'none', harmless('leave the swarm')],
  ['POST', '/swarm/unlock', 'any-json', harmless('unlock the swarm')],
  [
    'POST',
    '/swarm/**',
    'any-json',
    closed(
      'swarm',
      'Tasks of a swarm start without asking this gate; let root on the host set the swarm up with the gate switched off.',
    ),
  ],
  ['POST', '/grpc', 'stream', closed('build', buildKitReason())],
  ['POST', '/session', 'stream', closed('build', buildKitReason())],
  [
    '*',
    '/plugins/**',
    'stream',
    closed('plugin', 'A plugin of the engine is root on the host; let root install it with the gate switched off.'),
  ],
  ['DELETE', '/build/**', 'stream', closed('build', buildKitReason())],
  ...['containers', 'images', 'volumes', 'networks', 'services', 'secrets', 'configs', 'nodes'].map(
    (what) => ['DELETE', `/${what}/**`, 'stream', harmless(`remove from ${what}`)] as const,
  ),
];

/** What only looks: `GET` and `HEAD` of these. Attaching by a web socket is among them. */
const looks: readonly string[] = [
  ...(
    '/_ping /version /info /events /system/df /distribution/**/json /plugins /plugins/** /containers/json /images/json ' +
    '/images/search /images/get /images/**/json /images/**/get /images/**/history /exec/*/json /volumes /volumes/* ' +
    '/networks /networks/* /swarm /swarm/unlockkey /nodes /nodes/* /services /services/* /services/*/logs /tasks ' +
    '/tasks/* /tasks/*/logs /secrets /secrets/* /configs /configs/*'
  ).split(' '),
  ...['json', 'top', 'logs', 'stats', 'changes', 'export', 'archive', 'checkpoints', 'attach/ws'].map(
    (what) => `/containers/*/${what}`,
  ),
];

/** `looks`: it changes nothing. `undefined`: the gate does not know it, so nobody may. */
export function routeOf(method: string, path: string): Route | 'looks' | undefined {
  if (method === 'GET' || method === 'HEAD') return lookPatterns.some((one) => one.test(path)) ? 'looks' : undefined;
  for (const { method: own, pattern, body, make } of routes) {
    if (own !== method && own !== '*') continue;
    const match = pattern.exec(path);
    if (match !== null) return { ask: make(match[1] ?? ''), body };
  }
  return undefined;
}

const routes = table.map(([method, path, body, make]) => ({ method, pattern: patternOf(path), body, make }));
const lookPatterns = looks.map(patternOf);

/** `*` is one segment, `**` one or more. */
function patternOf(path: string): RegExp {
  const source = path
    .replaceAll('.', String.raw`\.`)
    .replaceAll(/\*\*?/g, (star) => (star === '*' ? '([^/]+)' : '(.+)'));
  return new RegExp(`^${source}$`, 'u');
}

function harmless(action: string): Making {
  return () => ({ kind: 'harmless', action });
}

function closed(action: string, reason: string): Making {
  return () => ({ kind: 'closed', action, reason });
}

function buildKitReason(): string {
  return 'BuildKit’s channel goes past every gate of the engine; build with DOCKER_BUILDKIT=0, or on a machine that builds only, and pull the image.';
}
