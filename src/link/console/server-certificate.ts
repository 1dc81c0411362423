import type { Clock } from '#base/index.ts';
import type { ServerTls } from '#http/console/index.ts';
import { issueServer, newKeyPair, privateKeyText } from '../certificates.ts';
import { linkServerName } from '../contract.ts';
import type { Authorities } from './authorities.ts';

const life = 60 * 24 * 60 * 60_000;

/** What this console shows to agents, until when it is to be made anew. */
export interface ServerCertificate {
  readonly tls: ServerTls;
  readonly madeFor: Authorities;
  readonly renewAt: Date;
}

/** A key and certificate of this console alone; they live in its memory. */
export async function makeServerCertificate(
  authorities: Authorities,
  { clock, hostNames }: { readonly clock: Clock; readonly hostNames: readonly string[] },
): Promise<ServerCertificate> {
  const now = clock().getTime();
  const keys = await newKeyPair();
  const certificate = await issueServer(authorities.serving, {
    keys,
    names: namesOf(hostNames),
    life: { from: new Date(now), to: new Date(now + life) },
  });
  return {
    tls: {
      key: privateKeyText(keys),
      certificate: `${certificate}\n${authorities.serving.certificate}`,
      authorities: authorities.trusted,
    },
    madeFor: authorities,
    renewAt: new Date(now + (life * 2) / 3),
  };
}

/** Whether it still stands for these authorities, and long enough. */
export function isCurrent({ madeFor, renewAt }: ServerCertificate, authorities: Authorities, now: Date): boolean {
  return (
    now < renewAt &&
    madeFor.serving.certificate === authorities.serving.certificate &&
    madeFor.trusted.join() === authorities.trusted.join()
  );
}

function namesOf(hostNames: readonly string[]): readonly string[] {
  const plain = hostNames.map((name) => name.replace(/^\[(.*)\]$/, '$1').toLowerCase());
  return [...new Set([linkServerName, 'localhost', '127.0.0.1', '::1', ...plain])];
}
