import type { Terminal } from '../cli/command.ts';
import { type LocalPlace, withLocalAccess } from './local-access.ts';

/** Prints a new one-time link for the console that runs here. */
export async function printSignInLink(place: LocalPlace & { readonly terminal: Terminal }): Promise<void> {
  await withLocalAccess(place, async (access, url) => {
    const { secret } = await access.createSignInLink();
    place.terminal.out(`${url}/sign-in#${secret}\n`);
    place.terminal.err('It signs in once, within 15 minutes.\n');
  });
}
