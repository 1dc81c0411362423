/**
 * A relative reference (RFC 3986): no scheme, no leading slash, never empty, whatever the file is called. Without a file
 * it is the name of the target, so that it stays the same from build to build.
 */
export function uriOf(path: string | undefined, target: string): string {
  return relative(path ?? '') || relative(nameOf(target)) || 'image';
}

/**
 * The name of a target without tag and digest. Files and folders have neither: `archive:app.tar` and `archive:web.tar`
 * are two.
 */
export function nameOf(target: string): string {
  if (/^(?:archive:|oci:|dir:|\.|\/)/.test(target)) return target;
  const name = target.replace(/@sha256:[0-9a-f]+$/, '');
  const colon = name.lastIndexOf(':');
  const isPrefix = /^(?:docker|registry)$/.test(name.slice(0, colon));
  return colon <= name.lastIndexOf('/') || isPrefix ? name : name.slice(0, colon);
}

function relative(path: string): string {
  const segments = path.toWellFormed().split('/');
  return segments
    .filter((segment) => segment !== '' && segment !== '.' && segment !== '..')
    .map(encodeURIComponent)
    .join('/');
}
