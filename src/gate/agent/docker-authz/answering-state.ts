import type { GateFact } from '../../contract.ts';
import type { PluginServer } from './program-status.ts';

export interface AnsweringView {
  /** What listens at the plugin's socket. */
  readonly server: PluginServer;
  /** Whether the engine asks the plugin. */
  readonly authorization: GateFact['authorization'];
  readonly socket: string;
  /** How the agent is started again. */
  readonly restart: string;
  readonly now: Date;
}

/** Milliseconds for which it is told that something was not judged. */
const [day, minute] = [24 * 60 * 60 * 1000, 60_000];

/** What is wrong with what answers the engine, each with the next step. */
export function answeringProblems(view: AnsweringView): readonly string[] {
  const { server, authorization, socket, restart } = view;
  if (server === 'nothing' || server === 'refused') {
    if (authorization !== 'on') return [];
    return [
      `Nothing answers the engine at ${socket}, so its clients wait and are refused: start seawall-authorization.socket, or ${restart}.`,
    ];
  }
  if (server === 'other') {
    if (authorization !== 'on') return [];
    return [
      `The agent answers the engine by itself, so every docker command waits while the agent is away: build seawall-authz with \`make -C native\`, run \`seawall gate install --authorization\` again, and ${restart}.`,
    ];
  }
  const words = { answers: '', late: 'did not answer in 2 s', away: 'does not run', unclear: 'answers oddly' };
  const silence =
    server.agent === 'answers'
      ? []
      : [
          `seawall-authz asked the agent of instance ${server.instance}, which ${words[server.agent]}: what only looks is answered, and everything else gets what the rule says for an agent that is away. To mend it, ${restart}.`,
        ];
  return [...silence, ...unjudged(view, server)];
}

function unjudged({ now }: AnsweringView, server: Exclude<PluginServer, string>): readonly string[] {
  const { refused, allowed, lastUnjudged, since } = server;
  const age = now.getTime() - lastUnjudged;
  if (refused + allowed === 0 || age > day || age < -minute) return [];
  const [from, last] = [since, lastUnjudged].map((time) => new Date(time).toISOString().slice(0, 16).replace('T', ' '));
  return [
    `Since ${from} UTC ${refused} requests to the engine were refused and ${allowed} let through that nobody judged, because the agent did not answer; the last at ${last} UTC. The agent’s log says what it did then.`,
  ];
}
