import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { AppError, type Environment, messageOf } from '#base/index.ts';
import { type Credentials, dockerCredentials, type RegistryAccess, servedAt, usualPatience } from '#image/index.ts';
import { type OptionValue, text, texts } from '../command.ts';

/**
 * How `scan` reaches registries: as the user that the options name, else as `docker login` keeps it. Throws `usage` for
 * a user without password, or authorities that cannot be read, or a token server without its registry.
 */
export function registryAccessOf(
  options: Readonly<Record<string, OptionValue>>,
  environment: Environment,
): RegistryAccess {
  const user = text(options['registryUser']);
  const authorities = authoritiesOf(text(options['registryCa']));
  const named = user === undefined ? undefined : namedUser(user, environment);
  const folder = dockerFolder(environment);
  const kept = async (host: string) =>
    folder === undefined ? undefined : await dockerCredentials(join(folder, 'config.json'), host);
  return {
    insecure: texts(options['insecureRegistry']).map((host) => host.toLowerCase()),
    ...(authorities === undefined ? {} : { authorities }),
    tokenServers: tokenServersOf(texts(options['tokenServer'])),
    credentials: async (host) => named ?? (await kept(host)),
    patience: usualPatience,
  };
}

/** None for a user without a home: below the folder of this process or `/tmp` others may write. */
function dockerFolder(environment: Environment): string | undefined {
  const home = environment['HOME'] ?? homeOfAccount();
  return environment['DOCKER_CONFIG'] ?? (home !== undefined && isAbsolute(home) ? join(home, '.docker') : undefined);
}

/** A container may run as a number that no account has. */
function homeOfAccount(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined;
  }
}

function namedUser(user: string, environment: Environment): Credentials {
  const password = environment['SEAWALL_REGISTRY_PASSWORD'];
  if (password !== undefined && password !== '') return { kind: 'password', user, password };
  throw new AppError('usage', '--registry-user needs a password.', {
    next: 'Set SEAWALL_REGISTRY_PASSWORD, or leave the option out and run `docker login`.',
  });
}

function tokenServersOf(words: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    words.map((word) => {
      const [registry = '', server = '', ...more] = word.toLowerCase().split('=');
      if (registry !== '' && isHost(server) && more.length === 0) return [servedAt(registry), server];
      throw new AppError('usage', `--token-server ${word}: write REGISTRY=HOST, as registry.example=auth.example.`);
    }),
  );
}

function isHost(text: string): boolean {
  return URL.canParse(`https://${text}`) && new URL(`https://${text}`).host === text;
}

function authoritiesOf(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    const pem = readFileSync(file, 'utf8');
    if (pem.includes('-----BEGIN CERTIFICATE-----')) return pem;
  } catch (cause) {
    throw new AppError('usage', `--registry-ca ${file} cannot be read: ${messageOf(cause)}.`, { cause });
  }
  throw new AppError('usage', `--registry-ca ${file} holds no certificate in PEM form.`);
}
