import json from './routes.json' with { type: 'json' };
import { RouteTable, type TableRoute } from './route-table.ts';

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

export interface Route {
  readonly ask: Ask;
  readonly body: TableRoute['body'];
}

/** Method, path with `*` for names, body, what it is. The first that matches counts; what none matches is closed. */
const table = RouteTable.parse(json);

/** `looks`: it changes nothing. `undefined`: the gate does not know it, so nobody may. */
export function routeOf(method: string, path: string): Route | 'looks' | undefined {
  if (method === 'GET' || method === 'HEAD') return lookPatterns.some((one) => one.test(path)) ? 'looks' : undefined;
  for (const route of routes) {
    if (route.method !== method && route.method !== '*') continue;
    const match = route.pattern.exec(path);
    if (match !== null) return { ask: askOf(route, match[1] ?? ''), body: route.body };
  }
  return undefined;
}

const routes = table.routes.map((route) => ({ ...route, pattern: patternOf(route.path) }));
const lookPatterns = table.looks.map(patternOf);

/** `*` is one segment, `**` one or more. */
function patternOf(path: string): RegExp {
  const source = path
    .replaceAll('.', String.raw`\.`)
    .replaceAll(/\*\*?/g, (star) => (star === '*' ? '([^/]+)' : '(.+)'));
  return new RegExp(`^${source}$`, 'u');
}

function askOf(route: TableRoute, name: string): Ask {
  switch (route.kind) {
    case 'start':
      return { kind: 'start', action: route.action, container: name };
    case 'exec':
    case 'update':
      return { kind: route.kind, container: name };
    case 'service':
      return { kind: 'service', action: route.action };
    case 'harmless':
      return { kind: 'harmless', action: route.action };
    case 'closed':
      return { kind: 'closed', action: route.action, reason: route.reason };
    case 'create':
    case 'pull':
    case 'build':
    case 'volume':
      return { kind: route.kind };
    default:
      return route satisfies never;
  }
}
