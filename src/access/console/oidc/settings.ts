import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { AppError, type Immutable, messageOf } from '#base/index.ts';
import { line } from '#http/fields.ts';
import { Role, Slug } from '../../contract.ts';

const longestFile = 256 * 1024;

/** One line of the mapping: who is in this group has this role. */
const GroupRole = z.strictObject({
  group: line(256).min(1),
  role: Role.exclude(['ci']),
  collections: z.array(Slug).min(1).max(200).optional(),
});

const Settings = z.strictObject({
  name: line(64).min(1),
  issuer: z.url().max(512),
  clientId: line(256).min(1),
  clientSecretFile: z.string().min(1).max(4096).optional(),
  scopes: z
    .array(line(128).regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/))
    .max(50)
    .default(['openid', 'profile', 'offline_access']),
  /** What the provider asks each time; some give a refresh token only after `consent`. */
  prompt: z.enum(['consent', 'login', 'select_account']).optional(),
  groupsClaim: line(256).min(1).default('groups'),
  roles: z.array(GroupRole).min(1).max(1000),
  tokenDays: z.int().min(1).max(365).default(30),
  passwordSignIn: z.enum(['shown', 'hidden']).default('shown'),
});

/** How people sign in by an OpenID Connect provider, as the administrator of the console's machine wrote it down. */
export type ProviderSettings = Immutable<z.infer<typeof Settings>>;
export type GroupRole = ProviderSettings['roles'][number];

/**
 * Reads `SEAWALL_OIDC_FILE`: YAML or JSON. Paths in it start at its folder. Throws `AppError` `usage` naming the field
 * that is wrong.
 */
export function readProviderSettings(file: string): ProviderSettings {
  const found = Settings.safeParse(contentOf(file));
  if (!found.success) {
    const [issue] = found.error.issues;
    throw wrong(file, `${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'not understood'}`);
  }
  const settings = found.data;
  checkIssuer(file, settings.issuer);
  if (!settings.scopes.includes('openid')) throw wrong(file, 'scopes: openid is missing');
  const wide = settings.roles.findIndex(({ role, collections }) => role === 'administrator' && collections);
  if (wide >= 0) throw wrong(file, `roles.${wide}: an administrator sees everything, leave the collections out`);
  const { clientSecretFile: secret } = settings;
  return Object.freeze({
    ...settings,
    issuer: new URL(settings.issuer).href,
    ...(secret !== undefined && { clientSecretFile: resolve(dirname(file), secret) }),
  });
}

function contentOf(file: string): unknown {
  try {
    const text = readFileSync(file, 'utf8');
    if (text.length > longestFile) throw new Error('it is too large');
    return parse(text, { maxAliasCount: 0 });
  } catch (cause) {
    throw wrong(file, messageOf(cause).split('\n', 1)[0] ?? '', cause);
  }
}

function checkIssuer(file: string, issuer: string): void {
  const url = new URL(issuer);
  if (url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '')
    throw wrong(file, 'issuer: it is an address without query, fragment or user');
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url)))
    throw wrong(file, 'issuer: only https is used, but for a provider on this machine');
}

/** Whether an address names this machine: plain HTTP to it leaves no host. */
export function isLoopback({ hostname }: Pick<URL, 'hostname'>): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/** The client's secret as it is now, so that a new one needs no restart. Throws `AppError` `usage`. */
export function readClientSecret(file: string): string {
  try {
    const descriptor = openSync(file, 'r');
    try {
      if ((fstatSync(descriptor).mode & 0o007) !== 0)
        throw new AppError('usage', `The client secret ${file} can be read by everyone.`, {
          next: `Run \`chmod o= ${file}\`.`,
        });
      const secret = readFileSync(descriptor, 'utf8').trim();
      if (secret === '' || secret.length > 4096) throw new Error('it is empty or too long');
      return secret;
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('usage', `The client secret ${file} cannot be used: ${messageOf(cause)}.`, {
      next: ownerFix(file, cause) ?? 'Write the secret alone into it.',
      cause,
    });
  }
}

/** Files that root wrote for a console of another user: in its container that is nobody's number on the host. */
function ownerFix(file: string, cause: unknown): string | undefined {
  if ((cause as NodeJS.ErrnoException | undefined)?.code !== 'EACCES') return undefined;
  return `The console runs as uid ${process.getuid?.()}: run \`chown ${process.getuid?.()} ${file}\` as root, and let it pass through the folders above.`;
}

function wrong(file: string, why: string, cause?: unknown): AppError {
  return new AppError('usage', `SEAWALL_OIDC_FILE ${file} cannot be used: ${why}.`, {
    next: ownerFix(file, cause) ?? 'Correct it as docs/how-to/sign-in-with-openid-connect.md says.',
    cause,
  });
}
