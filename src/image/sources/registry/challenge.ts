/** How a registry wants to be asked (RFC 9110, "WWW-Authenticate"). */
export interface Challenge {
  /** Lower case: `basic`, `bearer`. */
  readonly scheme: string;
  /** Names in lower case. */
  readonly parameters: Readonly<Record<string, string>>;
}

const longestHeader = 8192;
const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const parameter = new RegExp(`^(${token})\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|(${token}))`);
const scheme = new RegExp(`^(${token})(?=[\\s,]|$)`);

/** Reads all challenges of a header; what cannot be read ends the list. */
export function parseChallenges(header: string | undefined): readonly Challenge[] {
  let rest = (header ?? '').slice(0, longestHeader).trim();
  const found: { scheme: string; parameters: Record<string, string> }[] = [];
  while (rest !== '') {
    const pair = parameter.exec(rest);
    const current = found.at(-1);
    if (pair !== null && current !== undefined) {
      current.parameters[(pair[1] ?? '').toLowerCase()] = pair[3] ?? (pair[2] ?? '').replace(/\\(.)/g, '$1');
      rest = rest.slice(pair[0].length);
    } else {
      const start = scheme.exec(rest);
      if (start === null) return found;
      found.push({ scheme: (start[1] ?? '').toLowerCase(), parameters: {} });
      rest = rest.slice(start[0].length);
    }
    rest = rest.replace(/^[\s,]+/, '');
  }
  return found;
}
