import { isIP } from 'node:net';
import { join } from 'node:path';
import type { RunsFrom } from '#access/contract.ts';
import { AppError, type Environment, type ImageDigest, isImageDigest } from '#base/index.ts';
import { usualStaleDays } from '#policy/console/index.ts';
import { usualBucketSeconds } from '#runtime/console/index.ts';
import type { StorePlace } from '#store/index.ts';
import type { MetricsAddress } from '../metrics/listener.ts';
import { runsFrom } from './own-program.ts';
import { backupsOf, type ScheduledBackups } from './scheduled-backups.ts';

/** Everything that a console is told at its start. Parsed once, frozen, passed down. */
export interface ConsoleConfig {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** Port on which agents are served; 0 takes any free one. */
  readonly linkPort: number;
  /** Port on which API servers of Kubernetes ask; missing: none is served. */
  readonly webhookPort?: number;
  /** Address that agents dial, without trailing slash. */
  readonly linkUrl: string;
  /** It runs in a container, so the addresses that it sees are not those of its machine. */
  readonly isContained: boolean;
  /** Host names served besides the loopback ones, without port. */
  readonly hostNames: readonly string[];
  /** Address of the pages as people open them, without trailing slash. */
  readonly origin: string;
  /** People beyond this machine open the pages by plain HTTP: whoever is on the way reads what they type. */
  readonly plainHttp: boolean;
  readonly runsFrom: RunsFrom;
  /** Address at which this machine's own programs reach the console. */
  readonly localUrl: string;
  readonly store: StorePlace;
  /** Folder of everything that this user's programs keep. */
  readonly stateFolder: string;
  readonly logFile: string;
  /** The vulnerability database file. */
  readonly databasePath: string;
  /** Keys of this user and of others whose databases are accepted. */
  readonly keyFolder: string;
  /** File of the key that opens the keys in the store. */
  readonly masterKeyFile: string;
  /** File that says how people sign in by OpenID Connect; missing: they do not. */
  readonly oidcFile?: string;
  /** Addresses of proxies that are believed about who calls; none unless set. */
  readonly trustProxy: readonly string[];
  /** Folder of the built pages. */
  readonly webFolder: string;
  /** Days that the feeds behind a verdict may be old. */
  readonly staleFeedDays: number;
  /** Length of the hours that learning counts: 3600 but in a lab. */
  readonly learningBucketSeconds: number;
  /** Missing: the console takes none by itself. */
  readonly backups?: ScheduledBackups;
  /** Images of the product itself, by their config digests: every gate lets them start. */
  readonly ownImages: readonly ImageDigest[];
  /** Where metrics are served; missing: nowhere. */
  readonly metrics?: MetricsAddress;
}

export interface ConsoleOptions {
  readonly stateFolder: string;
  /** Folder of the package. */
  readonly checkout: string;
  readonly host: string;
  readonly port: number;
  readonly linkPort: number;
  readonly webhookPort?: number;
  readonly hostNames: readonly string[];
  readonly metrics?: MetricsAddress;
  readonly isContained?: boolean;
  /** Instead of `SEAWALL_DB` and the file in the state folder. */
  readonly databasePath?: string;
}

/**
 * Reads `SEAWALL_DATABASE_URL` (a PostgreSQL of one's own), `SEAWALL_POSTGRES` (folder of the one that is started), `SEAWALL_DB`, `SEAWALL_STALE_FEED_DAYS`, `SEAWALL_LEARNING_BUCKET_SECONDS`, `SEAWALL_ORIGIN`
 * (the address behind a proxy), `SEAWALL_TRUST_PROXY` (addresses of such proxies), `SEAWALL_OWN_IMAGES` (digests of the product's own images),
 * `SEAWALL_OIDC_FILE`, `SEAWALL_KEY_FILE`, and `SEAWALL_BACKUP_DIR`, `_KEY_FILE`, `_AT` and `_KEEP`. Throws `AppError` `usage` naming the setting that is wrong.
 */
export function readConsoleConfig(env: Environment, options: ConsoleOptions): ConsoleConfig {
  const { stateFolder, host, port, linkPort } = options;
  const origin = originOf(env, options);
  const hostNames = [...new Set([...options.hostNames, ...(isWildcard(host) ? [] : [host]), hostNameOf(origin)])];
  return Object.freeze({
    host,
    port,
    linkPort,
    ...(options.webhookPort === undefined ? {} : { webhookPort: options.webhookPort }),
    isContained: options.isContained ?? false,
    linkUrl: `https://${new URL(origin).hostname}:${linkPort}`,
    hostNames,
    origin,
    plainHttp: origin.startsWith('http:') && isSeenBeyond({ origin, host, hostNames }),
    runsFrom: runsFrom(options, env),
    localUrl: urlOf(isWildcard(host) ? '127.0.0.1' : host, port),
    store: ownStorePlace({ env, stateFolder }),
    stateFolder,
    logFile: join(stateFolder, 'console.log'),
    databasePath: options.databasePath ?? env['SEAWALL_DB'] ?? join(stateFolder, 'vulnerability.db'),
    keyFolder: join(stateFolder, 'keys'),
    masterKeyFile: masterKeyFile(env, stateFolder),
    ...oidcFileOf(env),
    trustProxy: proxiesOf(env),
    webFolder: join(options.checkout, 'dist/web'),
    staleFeedDays: staleDaysOf(env),
    learningBucketSeconds: bucketSecondsOf(env),
    ownImages: ownImagesOf(env),
    ...(options.metrics === undefined ? {} : { metrics: options.metrics }),
    ...backupsOf(env),
  });
}

/** File of the key that opens the keys in the store. */
export function masterKeyFile(env: Environment, stateFolder: string): string {
  return env['SEAWALL_KEY_FILE'] ?? join(stateFolder, 'keys/master.key');
}

/** The store of the console of this folder, for who starts it: the same PostgreSQL, whatever is done with it. */
export function ownStorePlace({
  env,
  stateFolder,
}: Pick<ConsoleConfig, 'stateFolder'> & { readonly env: Environment }): StorePlace {
  const url = env['SEAWALL_DATABASE_URL'];
  if (url === undefined || url === '') return embeddedPlace(env, stateFolder);
  // A socket's folder stands behind `host=`, and then no host before.
  const named = url.replace(/^(postgres(?:ql)?:\/\/[^/]*)@\//, '$1@localhost/');
  if (!/^postgres(?:ql)?:\/\//.test(url) || !URL.canParse(named))
    throw new AppError('usage', 'SEAWALL_DATABASE_URL is not an address like postgresql://USER@HOST/DATABASE.');
  return { kind: 'url', url };
}

/** The PostgreSQL that is started for a state folder: of the npm package, or of the folder that the machine names. */
function embeddedPlace(env: Environment, stateFolder: string): StorePlace {
  const programs = env['SEAWALL_POSTGRES'];
  return { kind: 'embedded', folder: stateFolder, ...(programs && { programs }) };
}

function originOf(env: Environment, { host, port, hostNames }: ConsoleOptions): string {
  const named = env['SEAWALL_ORIGIN'];
  if (named === undefined || named === '') {
    const shown = isWildcard(host) ? (hostNames[0] ?? '127.0.0.1') : host;
    return urlOf(shown, port);
  }
  const url = URL.canParse(named) ? new URL(named) : undefined;
  const isOrigin = url !== undefined && /^https?:$/.test(url.protocol) && url.pathname === '/' && url.search === '';
  if (!isOrigin) throw new AppError('usage', `SEAWALL_ORIGIN ${named} is not an address like https://seawall.example.`);
  return url.origin;
}

function oidcFileOf(env: Environment): Pick<ConsoleConfig, 'oidcFile'> {
  const oidcFile = env['SEAWALL_OIDC_FILE'];
  return oidcFile === undefined || oidcFile === '' ? {} : { oidcFile };
}

/** Addresses, ranges in CIDR form, and the names that `proxy-addr` knows. */
function proxiesOf(env: Environment): readonly string[] {
  const named = (env['SEAWALL_TRUST_PROXY'] ?? '').split(',').flatMap((one) => one.trim() || []);
  const wrong = named.find((one) => !isProxy(one));
  if (wrong === undefined) return named;
  throw new AppError('usage', `SEAWALL_TRUST_PROXY holds ${wrong}, which is no address.`, {
    next: 'Give addresses or ranges like 10.0.0.0/8, or `loopback`, with commas between.',
  });
}

function isProxy(entry: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(entry)) return true;
  const [address = '', bits, ...rest] = entry.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

function staleDaysOf(env: Environment): number {
  const named = env['SEAWALL_STALE_FEED_DAYS'];
  if (named === undefined || named === '') return usualStaleDays;
  if (/^[1-9]\d{0,4}$/.test(named)) return Number(named);
  throw new AppError('usage', `SEAWALL_STALE_FEED_DAYS ${named} is not a number of days.`, {
    next: 'Give a whole number of days, 1 or more.',
  });
}

function bucketSecondsOf(env: Environment): number {
  const named = env['SEAWALL_LEARNING_BUCKET_SECONDS'];
  if (named === undefined || named === '') return usualBucketSeconds;
  if (/^[1-9]\d{0,3}$/.test(named) && Number(named) <= usualBucketSeconds) return Number(named);
  throw new AppError('usage', `SEAWALL_LEARNING_BUCKET_SECONDS ${named} is not a number of seconds.`, {
    next: 'Give a whole number of seconds from 1 to 3600.',
  });
}

function ownImagesOf(env: Environment): readonly ImageDigest[] {
  const named = (env['SEAWALL_OWN_IMAGES'] ?? '').split(',').flatMap((one) => one.trim() || []);
  const wrong = named.find((one) => !isImageDigest(one));
  if (wrong === undefined) return named.filter(isImageDigest);
  throw new AppError('usage', `SEAWALL_OWN_IMAGES holds ${wrong}, which is no digest.`, {
    next: 'Give digests of image configs like sha256:0123…, with commas between.',
  });
}

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

/** Whether people open the pages from other machines: by the address that is named, or by one that is served there. */
function isSeenBeyond({ origin, host, hostNames }: Pick<ConsoleConfig, 'origin' | 'host' | 'hostNames'>): boolean {
  return !isLoopback(hostNameOf(origin)) || (!isLoopback(host) && !hostNames.every(isLoopback));
}

/** A host name that is served and stands for this machine alone. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function urlOf(host: string, port: number): string {
  return `http://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

function hostNameOf(origin: string): string {
  return new URL(origin).hostname.replace(/^\[|\]$/g, '');
}
