import { connectCluster, disconnectCluster } from '#admission/contract.ts';
import { Environment, Slug } from '#access/contract.ts';
import { AppError, stateFolder } from '#base/index.ts';
import { call as callConsole, type CallInput, type Endpoint, type ReplyOf } from '#http/index.ts';
import { checkoutFolder } from '../checkout.ts';
import { type CommandCall, type ExitCode, text, texts } from '../command.ts';
import { filledManifest } from '../gate/kubernetes-manifest.ts';
import { userId } from '../scan/database-here.ts';
import { writeSecretFile } from '../secret-file.ts';

/** `seawall gate kubernetes CLUSTER`: lets a cluster ask the console, and prints the manifest for it. */
export async function run(call: CommandCall): Promise<ExitCode> {
  const { options, terminal } = call;
  const name = clusterOf(call.arguments[0] ?? '');
  if (options['remove'] === true) {
    await asked(call, disconnectCluster, { params: { name } });
    terminal.err(`${name} is not answered any more. Remove its manifest: its API server would refuse all pods.\n`);
    return 0;
  }
  const url = text(options['url']);
  const service = text(options['service']);
  if (url !== undefined && service !== undefined)
    throw new AppError(
      'usage',
      '--url names a console outside of the cluster, --service one inside: give one of them.',
    );
  const settings = {
    ...(url === undefined ? {} : { url: urlOf(url) }),
    ...(service === undefined ? {} : { service: serviceOf(service) }),
    failurePolicy: options['failOpen'] === true ? ('Ignore' as const) : ('Fail' as const),
    leftOut: texts(options['leaveOut']),
    port: portOf(text(options['webhookPort']) ?? '8085'),
  };
  const environment = environmentOf(text(options['environment']));
  const body = environment === undefined ? {} : { environment };
  const { path, authority } = await asked(call, connectCluster, { params: { name }, body });
  const manifest = filledManifest(checkoutFolder(), { ...settings, path, authority });
  const output = text(options['output']);
  if (output === undefined) terminal.out(manifest);
  else writeSecretFile(output, manifest);
  terminal.err(
    `Apply it to ${name} with \`kubectl apply -f\`. It holds the key of the cluster, and is shown this once.\n`,
  );
  return 0;
}

/** Asks the named console; without one, that which runs here, for who may read its state folder. */
async function asked<E extends Endpoint>(
  { options, env }: CommandCall,
  endpoint: E,
  input: Partial<CallInput<E>>,
): Promise<ReplyOf<E>> {
  const baseUrl = text(options['console']) ?? env['SEAWALL_CONSOLE'];
  if (baseUrl === undefined || baseUrl === '') {
    const { askLocalWebhook } = await import('../../console/local-webhook.ts');
    return await askLocalWebhook({ stateFolder: stateFolder(env, userId()), env }, { endpoint, input });
  }
  const token = text(options['token']) ?? env['SEAWALL_TOKEN'];
  if (token === undefined)
    throw new AppError('usage', '--console needs a token.', { next: 'Name one with --token or SEAWALL_TOKEN.' });
  return await callConsole(endpoint, input, { baseUrl: baseUrl.replace(/\/+$/, ''), token });
}

function clusterOf(word: string): string {
  if (Slug.safeParse(word).success) return word;
  throw new AppError('usage', `${word} is no name of a cluster.`, { next: 'Use small letters, digits and hyphens.' });
}

function environmentOf(word: string | undefined): string | undefined {
  if (word === undefined || Environment.safeParse(word).success) return word;
  throw new AppError('usage', `--environment ${word} is no name of an environment.`);
}

/** Kubernetes takes https alone, without a path of its own here. */
function urlOf(word: string): string {
  const url = URL.canParse(word) ? new URL(word) : undefined;
  if (url?.protocol === 'https:' && url.pathname === '/' && url.search === '' && url.username === '') return url.origin;
  throw new AppError('usage', `--url ${word} is no address like https://seawall.example:8085.`);
}

/** Names as the API server takes them. */
function serviceOf(word: string): { readonly namespace: string; readonly name: string } {
  const [, namespace, name] =
    /^([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)\/([a-z](?:[a-z0-9-]{0,61}[a-z0-9])?)$/.exec(word) ?? [];
  if (namespace !== undefined && name !== undefined) return { namespace, name };
  throw new AppError('usage', `--service ${word} is no namespace and service like seawall/seawall-webhook.`);
}

function portOf(word: string): number {
  const port = Number(word);
  if (Number.isInteger(port) && port > 0 && port <= 65_535) return port;
  throw new AppError('usage', `--webhook-port ${word} is no port number.`);
}
