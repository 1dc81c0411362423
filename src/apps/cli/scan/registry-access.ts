import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { AppError, type Environment, messageOf } from '#base/index.ts';
import { type Credentials, dockerCredentials, type RegistryAccess, usualPatience } from '#image/index.ts';
import { type OptionValue, text, texts } from '../command.ts';

/**
 * How `scan` reaches registries: as the user that the options name, else as `docker login` keeps it. Throws `usage` for
 * a user without password, or authorities that cannot be read.
 */
export function registryAccessOf(
  options: Readonly<Record<string, OptionValue>>,
  environment: Environment,
): RegistryAccess {
  const user = text(options['registryUser']);
  const authorities = authoritiesOf(text(options['registryCa']));
  const named = user === undefined ? undefined : namedUser(user, environment);
  const folder = environment['DOCKER_CONFIG'] ?? join(environment['HOME'] ?? homedir(), '.docker');
  return {
    insecure: texts(options['insecureRegistry']).map((host) => host.toLowerCase()),
    ...(authorities === undefined ? {} : { authorities }),
    credentials: async (host) => named ?? (await dockerCredentials(join(folder, 'config.json'), host)),
    patience: usualPatience,
  };
}

function namedUser(user: string, environment: Environment): Credentials {
  const password = environment['SEAWALL_REGISTRY_PASSWORD'];
  if (password !== undefined && password !== '') return { kind: 'password', user, password };
  throw new AppError('usage', '--registry-user needs a password.', {
    next: 'Set SEAWALL_REGISTRY_PASSWORD, or leave the option out and run `docker login`.',
  });
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
