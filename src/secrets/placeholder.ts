/** Words of texts that stand for a secret. Random text of 40 characters holds one of them once in 100,000 or less. */
const standIns =
  /example|changeme|change[_-]me|placeholder|your[_-]|replace|insert[_-]|redacted|dummy|sample|\*\*\*|\.\.\.|foobar|<[^>]{0,60}>|deadbeef|test[_-]?(?:key|token|secret)|fake[_-]?(?:key|token|secret)/i;

/** Apart from the others: in either case, but not in both. */
const crossedOut = /xxxx|XXXX/;

/** A reference to a value elsewhere: `${VAR}`, `$(command)`, `{{ value }}`, `%VAR%`, `@VAR@`, `!ref`, `env:NAME`, `vault:path`. */
const reference = /^(?:\$|\{\{|%[^%]+%$|@[A-Z_]+@$|!|env[:.(]|vault:|process\.env|os\.environ|ENC\[)|\$\{|\$\(|\{\{|<%/;

/** Names of secrets, used as a value for want of one. */
const words =
  /^(?:password|passwd|passphrase|secret|token|pass|pwd|apikey|api[_-]key|admin|root|guest|user|username|none|null|nil|undefined|true|false|yes|no|empty|required|optional|default|unset|hidden|string|value|letmein|qwerty|123456|12345678|password1(?:23)?|mypassword|mysecret|secretpassword|topsecret|supersecret)$/i;

/** Keys of Microsoft's emulators of Azure Storage and Cosmos DB, the same everywhere. */
const emulatorKey = /^(?:Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6|C2y6yDjf5\/R\+ob0N8A7Cgv30VRDJIWEHLM\+4QDU5DE2n)/;

/** Whether a text stands for a secret rather than being one. */
export function isPlaceholder(text: string): boolean {
  return (
    standIns.test(text) ||
    crossedOut.test(text) ||
    emulatorKey.test(text) ||
    reference.test(text) ||
    words.test(text) ||
    isRegular(text)
  );
}

/** Whether a text repeats few characters or counts up: `aaaa`, `abab`, `12345678`, `abcdefgh`. */
export function isRegular(text: string): boolean {
  const distinct = new Set(text).size;
  if (distinct <= 2 || (text.length >= 20 && distinct < 6)) return true;
  let run = 1;
  for (let index = 1; index < text.length; index += 1) {
    run = text.charCodeAt(index) - text.charCodeAt(index - 1) === 1 ? run + 1 : 1;
    if (run >= 8) return true;
  }
  return false;
}

/** Bits of each character by how often each occurs (Shannon). */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
