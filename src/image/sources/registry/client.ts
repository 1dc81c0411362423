import type { IncomingMessage } from 'node:http';
import { AppError, isAppError, messageOf } from '#base/index.ts';
import { mayBeInsecure, patienceSignal, type RegistryAccess, servedAt } from './access.ts';
import { boundaryOf } from './boundary.ts';
import { parseChallenges } from './challenge.ts';
import { type Connections, openConnections, sendFollowing } from './send.ts';
import { basicOf, fetchToken } from './token.ts';

/** A registry that is asked about one repository. */
export interface Registry {
  /** As messages call it: `registry.example/team/app`. */
  readonly repository: string;
  readonly access: RegistryAccess;
  /**
   * Asks for something of the repository: `manifests/latest`. Answers of status 200 and 404 only. Throws
   * `registry-refused`, `registry-limited`, `registry-unavailable`.
   */
  ask(path: string, question: Question): Promise<IncomingMessage>;
  close(): void;
}

export interface Question {
  readonly method?: 'GET' | 'HEAD';
  readonly accept?: string;
  /** Milliseconds for all of the answer. */
  readonly whole: number;
}

/** Opens the repository of a name that was parsed. Nothing is asked yet. */
export function openRegistry(
  { domain, path }: { readonly domain: string; readonly path: string },
  access: RegistryAccess,
): Registry {
  const host = servedAt(domain);
  const connections = openConnections(access.authorities, boundaryOf(host, access.resolve));
  const asking = { host, path, access, connections };
  let origin: Promise<string> | undefined;
  let authorization: string | undefined;
  return {
    repository: `${domain}/${path}`,
    access,
    async ask(what, question) {
      try {
        origin ??= originOf(asking);
        const url = new URL(`${await origin}/v2/${path}/${what}`);
        const first = await sendFollowing(connections, url, sentOf(question, authorization, access));
        if (first.answer.statusCode !== 401) return accepted(first.answer, host);
        first.answer.destroy();
        // Whoever the registry sends on to is not told who asks, nor whom it names to ask for a token.
        if (first.at.origin !== url.origin)
          throw refused(host, `sends on to ${first.at.host}, which asks for a sign-in and gets none`);
        authorization = await authorize(first.answer, { ...asking, at: first.at });
        const second = await sendFollowing(connections, url, sentOf(question, authorization, access));
        return accepted(second.answer, host);
      } catch (error) {
        throw isAppError(error) ? error : unavailable(host, error);
      }
    },
    close: () => connections.close(),
  };
}

interface Asking {
  readonly host: string;
  readonly path: string;
  readonly access: RegistryAccess;
  readonly connections: Connections;
}

/** TLS where the host speaks it. Only a host that may be asked without is: its certificate is never looked over. */
async function originOf({ host, access, connections }: Asking): Promise<string> {
  const secure = `https://${host}`;
  if (!mayBeInsecure(host, access)) return secure;
  try {
    const answer = await connections.send(new URL(`${secure}/v2/`), sentOf({ whole: 10_000 }, undefined, access));
    answer.destroy();
    return secure;
  } catch (error) {
    if (speaksNoTls(error)) return `http://${host}`;
    throw error;
  }
}

function speaksNoTls(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code === 'EPROTO' || code === 'ECONNRESET' || code.startsWith('ERR_SSL_');
}

function sentOf(
  { method = 'GET', accept, whole }: Question,
  authorization: string | undefined,
  access: RegistryAccess,
) {
  return {
    method,
    headers: {
      'user-agent': 'seawall',
      'accept-encoding': 'identity',
      ...(accept === undefined ? {} : { accept }),
      ...(authorization === undefined ? {} : { authorization }),
    },
    idle: access.patience.idle,
    signal: patienceSignal(access, whole),
  };
}

/** What to say who asks, as the registry wants it. */
async function authorize(
  answer: IncomingMessage,
  { host, path, access, connections, at }: Asking & { readonly at: URL },
): Promise<string> {
  const challenges = parseChallenges(answer.headers['www-authenticate']);
  const credentials = await access.credentials(host);
  const challenge = challenges.find(({ scheme }) => scheme === 'bearer');
  if (challenge !== undefined) {
    const scope = `repository:${path}:pull`;
    return `Bearer ${await fetchToken(connections, { challenge, scope, credentials, access, registry: at })}`;
  }
  const wantsPassword = challenges.some(({ scheme }) => scheme === 'basic');
  if (wantsPassword && credentials?.kind === 'password') return basicOf(credentials);
  throw refused(host, credentials === undefined ? 'asks who is there, and no credentials are known' : 'asks otherwise');
}

function accepted(answer: IncomingMessage, host: string): IncomingMessage {
  const status = answer.statusCode ?? 0;
  if (status === 200 || status === 404) return answer;
  answer.destroy();
  if (status === 401 || status === 403) throw refused(host, `does not let who asks read this (${status})`);
  if (status === 429) {
    const after = answer.headers['retry-after'];
    const wait = after !== undefined && /^\d{1,6}$/.test(after) ? `; it asks to wait ${after} s` : '';
    throw new AppError('registry-limited', `The registry ${host} has answered too often lately${wait}.`);
  }
  throw new AppError('registry-unavailable', `The registry ${host} answers with status ${status}.`);
}

function refused(host: string, why: string): AppError {
  return new AppError('registry-refused', `The registry ${host} ${why}.`);
}

function unavailable(host: string, error: unknown): AppError {
  const isLate = error instanceof Error && error.name === 'TimeoutError';
  const why = isLate || (error instanceof Error && error.name === 'AbortError') ? 'no answer in time' : whyNot(error);
  return new AppError('registry-unavailable', `The registry ${host} cannot be asked: ${why}.`, { cause: error });
}

function whyNot(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return { ECONNREFUSED: 'nothing listens there', ENOTFOUND: 'no host has this name' }[code] ?? messageOf(error);
}
