/**
 * Name of a package URL as the catalog writes it: `group:artifact` for Maven, `@scope/name` for npm, else the name
 * (package-url specification: `pkg:type/namespace/name@version?qualifiers#subpath`). Other text gives itself.
 */
export function packageOfPurl(purl: string): string {
  const parts = /^pkg:([^/]+)\/([^@?#]+)/.exec(purl);
  const path = parts?.[2]?.split('/').map(decode) ?? [purl];
  const name = path.at(-1) ?? purl;
  const namespace = path.slice(0, -1).join('/');
  if (namespace === '') return name;
  switch (parts?.[1]) {
    case 'maven':
      return `${namespace}:${name}`;
    case 'npm':
      return `${namespace}/${name}`;
    default:
      return name;
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
