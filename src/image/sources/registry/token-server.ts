/** Token servers on hosts of their own, by the origin of the registry that is known to have them. */
const known: ReadonlyMap<string, string> = new Map([
  ['https://registry-1.docker.io', 'auth.docker.io'],
  ['https://registry.gitlab.com', 'gitlab.com'],
  ['https://registry.digitalocean.com', 'api.digitalocean.com'],
]);

/**
 * Whether a token server may get the credentials of the registry that names it: it has the registry's own origin, or it has
 * TLS and is known to be this registry's, or a person named its host (`named`, with a port other than 443) with the registry.
 */
export function mayHaveCredentials(realm: URL, registry: URL, named: string | undefined): boolean {
  if (realm.origin === registry.origin) return true;
  if (realm.protocol !== 'https:') return false;
  return realm.host === known.get(registry.origin) || realm.host === named?.toLowerCase();
}
