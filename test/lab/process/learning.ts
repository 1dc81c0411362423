import { expectThat, type LabCase, until } from '../lab.ts';
import { type Dock, type Server, visit } from './dock.ts';

interface Servers {
  readonly nginx: Server;
  readonly tomcat: Server;
}

/** The servers that other cases attack; made by whoever asks first. */
const visited = new WeakMap<Dock, Promise<Servers>>();
const learned = new WeakMap<Dock, Promise<Servers>>();

/**
 * Servers that did once what they do under traffic. Whoever makes the host busy waits for that: the hours of learning are seconds
 * here, and a model is active before a server without a processor has compiled its page.
 */
export function visitedServers(dock: Dock): Promise<Servers> {
  const known = visited.get(dock) ?? start(dock);
  visited.set(dock, known);
  return known;
}

/** Servers whose models are active; without protection they only run. */
export function learnedServers(dock: Dock): Promise<Servers> {
  const known = learned.get(dock) ?? learn(dock);
  learned.set(dock, known);
  return known;
}

async function start(dock: Dock): Promise<Servers> {
  const [nginx, tomcat] = await Promise.all([dock.nginx(), dock.tomcat()]);
  if (dock.armed) await work({ nginx, tomcat });
  return { nginx, tomcat };
}

async function work({ nginx, tomcat }: Servers): Promise<void> {
  await visit(nginx);
  await visit(tomcat, '/hole.jsp');
  await tomcat.breakIn('/usr/local/bin/tide');
}

async function learn(dock: Dock): Promise<Servers> {
  const servers = await visitedServers(dock);
  if (!dock.armed) return servers;
  for (const digest of [dock.images.nginx.digest, dock.images.tomcat.digest])
    await until(
      `an active model of ${digest}`,
      async () => {
        await work(servers);
        return (await dock.model(digest))?.state === 'active';
      },
      { seconds: 240, every: 1000 },
    );
  // The host hears of it, and tells its sensor.
  await new Promise((resolve) => setTimeout(resolve, 4000));
  return servers;
}

export const learningCases: readonly LabCase<Dock>[] = [
  {
    id: 'L1',
    title: 'nginx and Tomcat learn under traffic until their models are active',
    async run(dock) {
      const { nginx, tomcat } = await learnedServers(dock);
      const models = await Promise.all([dock.images.nginx, dock.images.tomcat].map(({ digest }) => dock.model(digest)));
      for (const model of models) expectThat(model?.partial === false, 'a model is partial');
      const ever = new Date(0);
      const raised = [...(await dock.alerts(nginx.id, ever)), ...(await dock.alerts(tomcat.id, ever))];
      expectThat(raised.length === 0, `learning raised ${raised.map(({ message }) => message).join('; ')}`);
      return models
        .map(
          (model) =>
            `${model?.names[0]}: ${model?.counts.entries} lines after ${model?.convergence.process?.hours} buckets`,
        )
        .join(', ');
    },
  },
];
