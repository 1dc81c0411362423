import type { Locked } from './locked.ts';

/**
 * A requirements file of pip (https://pip.pypa.io/en/stable/reference/requirements-file-format). What it pins by `==` is
 * what gets installed; of the rest it says no version. Files that it includes are read by themselves.
 */
export function readRequirements(text: string, locked: Locked): void {
  for (const line of logicalLines(text)) {
    const [requirement = ''] = line.split(/\s--?[a-z]|;/, 1);
    const name = /^[A-Za-z0-9][A-Za-z0-9._-]*/.exec(requirement)?.[0];
    if (line.startsWith('-') || isPlace(requirement)) continue;
    if (name === undefined) {
      locked.damaged();
      continue;
    }
    const version = pinnedBy(requirement.slice(name.length));
    if (version === undefined) locked.open(name);
    else locked.add(name, version);
  }
}

/** Lines put together where one ends with a backslash, without comments. */
function* logicalLines(text: string): Generator<string> {
  let parts: string[] = [];
  for (const line of text.split(/\r\n|\r|\n/)) {
    const isComment = /^\s*#/.test(line);
    if (line.endsWith('\\') && !isComment) {
      parts.push(line.slice(0, -1));
      continue;
    }
    const whole = [...parts, isComment ? '' : line].join('').trim();
    parts = [];
    const comment = /(?:^|\s)#/.exec(whole)?.index ?? whole.length;
    const rest = whole.slice(0, comment).trim();
    if (rest !== '') yield rest;
  }
  const last = parts.join('').trim();
  if (last !== '') yield last;
}

/** A folder, a file or an address in the place of a name, or behind it. */
function isPlace(requirement: string): boolean {
  return /[/\\@]|^\.+$|\.(?:whl|zip|tar\.gz|tgz)$/i.test(requirement.trim());
}

/** The version in `[extra] == 1.0`, `(==1.0)` or `>=1,==1.2`. A pattern, `==1.*`, pins nothing. */
function pinnedBy(specifiers: string): string | undefined {
  const bare = specifiers
    .trim()
    .replace(/^\[[^\]]*\]/, '')
    .trim();
  for (const specifier of bare.replace(/^\((.*)\)$/, '$1').split(',')) {
    const version = /^\s*={2,3}\s*([A-Za-z0-9.!+_-]+)\s*$/.exec(specifier)?.[1];
    if (version !== undefined) return version;
  }
  return undefined;
}
