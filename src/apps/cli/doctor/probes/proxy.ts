import { type Answer, fine, probe, stops, weakens } from '../probe.ts';

interface ProxyFact {
  /** Variables that name a proxy, without their values. */
  readonly variables: readonly string[];
  /** Entries of NO_PROXY. */
  readonly exempt: readonly string[];
  /** Node goes by these variables only where it is told to. */
  readonly isUsed: boolean;
}

const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'];

/** A request to this machine that goes to a proxy reaches another machine, or nothing. */
export const proxy = probe({
  id: 'proxy',
  title: 'Proxy variables',
  parts: ['cli'],
  look: ({ env }): ProxyFact => ({
    variables: names.flatMap((name) => [name, name.toLowerCase()].filter((one) => (env[one] ?? '') !== '')),
    exempt: (env['no_proxy'] ?? env['NO_PROXY'] ?? '').split(/[\s,]+/).filter((entry) => entry !== ''),
    isUsed: env['NODE_USE_ENV_PROXY'] === '1' || /--use-env-proxy/.test(env['NODE_OPTIONS'] ?? ''),
  }),
  judge: judgeProxy,
});

export function judgeProxy({ variables, exempt, isUsed }: ProxyFact): Answer {
  if (variables.length === 0) return fine('no proxy is set');
  const caught = ['127.0.0.1', 'localhost'].filter((host) => !exempt.includes('*') && !exempt.includes(host));
  const who = variables.join(', ');
  if (caught.length === 0) return fine(`${who}: this machine is exempt`);
  const fix = 'Run `export NO_PROXY=localhost,127.0.0.1,::1`, with the hosts that you exempt already.';
  if (isUsed) return stops(`${who} catches requests to ${caught.join(' and ')}: a console here is not reached.`, fix);
  return weakens(
    `${who} would catch requests to ${caught.join(' and ')}. Seawall does not use it (NODE_USE_ENV_PROXY is not 1), but other programs do.`,
    fix,
  );
}
