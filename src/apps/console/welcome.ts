import type { Access } from '#access/console/index.ts';
import type { Terminal } from '../cli/command.ts';
import type { ConsoleConfig } from './config.ts';

/** What a console says where its pages are reached by plain HTTP from other machines. */
export const plainHttpWarning =
  'Passwords and sessions cross the network as plain HTTP: whoever is on the way reads them. Put a proxy with TLS in front and name its address in SEAWALL_ORIGIN.';

interface Welcomed extends Pick<ConsoleConfig, 'origin' | 'plainHttp'> {
  /** Command that prints a new link. */
  readonly newLink: string;
  /** Sentence that says how to stop it. */
  readonly stop: string;
}

/**
 * Where the console is and how to sign in. A link is a secret: it is made for a terminal, which a person reads, or while
 * nobody could sign in otherwise. What a log or a container keeps has none.
 */
export async function welcome(
  access: Pick<Access, 'hasPasswords' | 'createSignInLink'>,
  { origin, plainHttp, newLink, stop }: Welcomed,
  { seen }: Pick<Terminal, 'seen'>,
): Promise<string> {
  const isSeen = seen === 'errors' || seen === 'both';
  const makesLink = isSeen || !(await access.hasPasswords());
  const how = makesLink
    ? `Sign in with this link, once and within 15 minutes:\n\n  ${origin}/sign-in#${(await access.createSignInLink()).secret}\n`
    : `Sign in with name and password.\n`;
  const warning = plainHttp ? `\n${plainHttpWarning}\n` : '';
  return `\nSeawall runs on ${origin}\n${how}${warning}\n${stop} A new link: ${newLink}\n\n`;
}
