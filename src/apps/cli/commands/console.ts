import { AppError, stateFolder } from '#base/index.ts';
import { readConsoleConfig } from '../../console/config.ts';
import { isInContainer } from '../../console/in-container.ts';
import { resetKeys } from '../../console/reset-keys.ts';
import { rotateKey } from '../../console/rotate-evidence-key.ts';
import { printSignInLink } from '../../console/sign-in-link.ts';
import { startConsole } from '../../console/start.ts';
import { metricsAddressOf } from '../../metrics/listener.ts';
import { checkoutFolder } from '../checkout.ts';
import { type CommandCall, type ExitCode, text, texts } from '../command.ts';
import { userId } from '../scan/database-here.ts';

/** `seawall console`: runs it, prints a new sign-in link for the one that runs, or discards the keys of its store. */
export async function run(call: CommandCall): Promise<ExitCode> {
  const { options, env, terminal } = call;
  const state = stateFolder(env, userId());
  if (options['rotateEvidenceKey'] === true) {
    await rotateKey({ stateFolder: state, env, terminal });
    return 0;
  }
  if (options['signInLink'] === true) {
    await printSignInLink({ stateFolder: state, env, terminal });
    return 0;
  }
  const isContained = isInContainer(env);
  const databasePath = text(options['db']);
  const metrics = text(options['metrics']);
  const webhookPort = text(options['webhookPort']);
  const config = readConsoleConfig(env, {
    stateFolder: state,
    checkout: checkoutFolder(),
    port: portOf('--port', text(options['port']) ?? '8083'),
    linkPort: portOf('--link-port', text(options['linkPort']) ?? '8084'),
    host: text(options['host']) ?? (isContained ? '0.0.0.0' : '127.0.0.1'),
    isContained,
    hostNames: texts(options['hostName']),
    ...(webhookPort === undefined ? {} : { webhookPort: portOf('--webhook-port', webhookPort) }),
    ...(metrics === undefined ? {} : { metrics: metricsAddressOf(metrics) }),
    ...(databasePath === undefined ? {} : { databasePath }),
  });
  if (options['resetKeys'] === true)
    return (await resetKeys({ config, terminal, agreed: options['yes'] === true ? 'yes' : 'ask' })) ? 0 : 2;
  await startConsole({
    config,
    terminal,
    env,
    checkout: checkoutFolder(),
    scan: { local: !isContained && options['localScan'] !== false, also: texts(options['scan']) },
  });
  return 0;
}

function portOf(option: string, written: string): number {
  const port = Number(written);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new AppError('usage', `${option} ${written} is no port number.`);
}
