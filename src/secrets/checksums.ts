import { crc32 } from 'node:zlib';

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** GitHub and npm: `xxx_`, random text, and its CRC-32 in six digits of base 62. */
export function hasBase62Checksum(token: string): boolean {
  const random = token.slice(token.indexOf('_') + 1, -6);
  return token.slice(-6) === base62Of(crc32(random));
}

/** A CRC-32 in six digits. */
export function base62Of(checksum: number): string {
  let digits = '';
  for (let rest = checksum; digits.length < 6; rest = Math.floor(rest / 62)) digits = `${base62[rest % 62]}${digits}`;
  return digits;
}

/** Whether a text ends with the CRC-32 of what stands before the last `separator`, in hexadecimal digits. */
export function hasHexChecksum(text: string, separator: string): boolean {
  const at = text.lastIndexOf(separator);
  return text.slice(at + 1).toLowerCase() === hexOf(crc32(text.slice(0, at)));
}

export function hexOf(checksum: number): string {
  return checksum.toString(16).padStart(8, '0');
}

const bech32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';

/** Bech32 (BIP 173), which age uses for its keys. */
export function hasBech32Checksum(text: string): boolean {
  const lower = text.toLowerCase();
  const at = lower.lastIndexOf('1');
  const values = lower
    .slice(at + 1)
    .split('')
    .map((character) => bech32.indexOf(character));
  return !values.includes(-1) && bech32Remainder([...expanded(lower.slice(0, at)), ...values]) === 1;
}

/** Six characters that make a text with this prefix and these characters whole. */
export function bech32Checksum(prefix: string, characters: string): string {
  const values = characters.split('').map((character) => bech32.indexOf(character));
  const remainder = bech32Remainder([...expanded(prefix), ...values, 0, 0, 0, 0, 0, 0]) ^ 1;
  return [25, 20, 15, 10, 5, 0].map((shift) => bech32[(remainder >>> shift) & 31]).join('');
}

function expanded(prefix: string): readonly number[] {
  const codes = prefix.split('').map((character) => character.charCodeAt(0));
  return [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)];
}

function bech32Remainder(values: readonly number[]): number {
  const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
  return values.reduce((sum, value) => {
    const next = ((sum & 0x1ffffff) << 5) ^ value;
    return generators.reduce((mixed, generator, bit) => ((sum >>> (25 + bit)) & 1 ? mixed ^ generator : mixed), next);
  }, 1);
}

/** PyPI: a macaroon of version 2, packets of type, length and data with ends between them, the last a signature of 32 bytes. */
export function isMacaroon(bytes: Uint8Array): boolean {
  if (bytes[0] !== 2) return false;
  let at = 1;
  let ends = 0;
  while (at < bytes.length) {
    const type = bytes[at];
    if (type === 0) {
      ends += 1;
      at += 1;
    } else {
      const { value, next } = varint(bytes, at + 1);
      at = next + value;
      if (type === 6) return ends >= 2 && value === 32 && at === bytes.length;
    }
  }
  return false;
}

function varint(bytes: Uint8Array, from: number): { readonly value: number; readonly next: number } {
  let value = 0;
  for (let at = from, shift = 0; at < bytes.length && shift < 28; at += 1, shift += 7) {
    const byte = bytes[at] ?? 0;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return { value, next: at + 1 };
  }
  return { value: 0, next: bytes.length };
}

/** Characters of a signature in base64url, by the first letters of its algorithm. RSA with 2048, 3072 and 4096 bits. */
const signatureLengths: Readonly<Record<string, readonly number[]>> = {
  HS256: [43],
  HS384: [64],
  HS512: [86],
  ES256: [86],
  ES384: [128],
  ES512: [176],
  EdDSA: [86],
  RS: [342, 512, 683],
  PS: [342, 512, 683],
};

/** Whether a JSON web token has a header with an algorithm, claims, and a signature of that algorithm's length. */
export function isSignedToken(token: string): boolean {
  const [header = '', claims = '', signature = ''] = token.split('.');
  const { alg } = objectOf(header) ?? {};
  const body = objectOf(claims);
  if (typeof alg !== 'string' || body === undefined) return false;
  const lengths = signatureLengths[alg] ?? signatureLengths[alg.slice(0, 2)] ?? [];
  return lengths.includes(signature.length) && body['name'] !== 'John Doe';
}

function objectOf(base64: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(base64, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}
