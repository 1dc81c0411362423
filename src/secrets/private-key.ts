/** The body between the lines of a PEM text, as it stands in files, JSON, C strings and variables. */
export interface PemBody {
  /** `RSA `, `EC `, `OPENSSH `, `ENCRYPTED `, empty … */
  readonly label: string;
  readonly text: string;
}

/** Whether a body is a whole private key: its base64 decodes to the right ASN.1, or to OpenSSH's or PGP's own form. */
export function isPrivateKey({ label, text }: PemBody): boolean {
  const { headers, base64 } = bodyOf(text);
  if (!/^[A-Za-z0-9+/]{40,}={0,2}$/.test(base64)) return false;
  const bytes = Buffer.from(base64, 'base64');
  const kind = label.trim();
  if (kind === 'OPENSSH') return bytes.toString('latin1', 0, 15) === 'openssh-key-v1\0';
  if (kind === 'PGP') return isPgpSecret(bytes);
  if (/DEK-Info: [A-Z0-9-]{4,20},[0-9A-F]{16,32}/.test(headers)) return bytes.length % 8 === 0;
  return isDerPrivateKey(bytes, kind === 'ENCRYPTED');
}

/** Whether a text that was base64 holds a private key in PEM: kubeconfig files keep keys so. */
export function isEncodedPrivateKey(base64: string): boolean {
  const text = Buffer.from(base64, 'base64').toString('latin1');
  const match = /-----BEGIN ((?:[A-Z0-9]{2,12} ){0,2})PRIVATE KEY(?: BLOCK)?-----([^-]{40,})-----END /.exec(text);
  return match !== null && isPrivateKey({ label: match[1] ?? '', text: match[2] ?? '' });
}

/** `Proc-Type: …` and `DEK-Info: …` apart; line ends, their escapes, and quotes of joined strings removed. */
function bodyOf(text: string): { readonly headers: string; readonly base64: string } {
  const lines = text.replaceAll(/["']\s*[+.\\]?\s*["']/g, '').split(/\\+[nrt]|[\r\n]+/);
  const isHeader = (line: string): boolean => /^[\s"'>]*[A-Z][A-Za-z-]+: /.test(line);
  const body = lines.filter((line) => !isHeader(line)).map((line) => line.replace(/^=[A-Za-z0-9+/]{4}$/, ''));
  return {
    headers: lines.filter(isHeader).join('\n'),
    base64: body.join('').replaceAll(/[\s"'\\,;>|]/g, ''),
  };
}

/**
 * PKCS#1 (version, then eight integers), PKCS#8 (version, algorithm, octets), SEC 1 (version, octets), DSA (version, five
 * integers), or an encrypted PKCS#8 (algorithm, octets). The outer sequence is as long as the bytes.
 */
export function isDerPrivateKey(bytes: Uint8Array, isEncrypted: boolean): boolean {
  const whole = elementAt(bytes, 0);
  if (whole?.tag !== sequence || whole.end !== bytes.length) return false;
  const parts: Element[] = [];
  for (let at = whole.start; at < whole.end && parts.length < 12; ) {
    const part = elementAt(bytes, at);
    if (part === undefined || part.end > whole.end) return false;
    parts.push(part);
    at = part.end;
  }
  const tags = parts.map(({ tag }) => tag);
  if (isEncrypted) return tags.length === 2 && tags[0] === sequence && tags[1] === octets;
  const [version] = parts;
  if (version?.tag !== integer || version.end - version.start !== 1 || (bytes[version.start] ?? 9) > 1) return false;
  const integers = tags.filter((tag) => tag === integer).length;
  return tags[1] === octets || (tags[1] === sequence && tags[2] === octets) || integers === 9 || integers === 6;
}

interface Element {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

const integer = 0x02;
const octets = 0x04;
const sequence = 0x30;

function elementAt(bytes: Uint8Array, at: number): Element | undefined {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined) return undefined;
  if (first < 0x80) return { tag, start: at + 2, end: at + 2 + first };
  const count = first & 0x7f;
  if (count === 0 || count > 3) return undefined;
  let length = 0;
  for (let index = 0; index < count; index += 1) length = length * 256 + (bytes[at + 2 + index] ?? 0);
  const start = at + 2 + count;
  return start + length <= bytes.length ? { tag, start, end: start + length } : undefined;
}

/** Begins with a packet of tag 5, a secret key, in the old or the new form of RFC 4880. */
function isPgpSecret(bytes: Uint8Array): boolean {
  const first = bytes[0] ?? 0;
  return (first & 0xfc) === 0x94 || first === 0xc5;
}
