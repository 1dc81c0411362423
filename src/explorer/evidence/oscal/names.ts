import { createHash } from 'node:crypto';

/** Where the words stand that OSCAL leaves to us: names of properties, facets and systems. */
export const ourNames = 'urn:seawall:evidence';

/** Namespace of everything that is named here: version 5 of our own name in the one for URLs (RFC 9562, section 6.6). */
const namespace = uuid5('6ba7b811-9dad-11d1-80b4-00c04fd430c8', ourNames);

/** Gives ids that stay the same in each export of one installation. */
export type NameUuid = (...name: readonly string[]) => string;

/** Ids of everything that an installation names. */
export function uuidsOf(installation: string): NameUuid {
  return (...name) => uuid5(namespace, JSON.stringify([installation, ...name]));
}

function uuid5(space: string, name: string): string {
  const sum = createHash('sha1')
    .update(Buffer.from(space.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest();
  sum.writeUInt8((sum.readUInt8(6) & 0x0f) | 0x50, 6);
  sum.writeUInt8((sum.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = sum.toString('hex', 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Short names of templates whose controls are known by them; others are known by their ids. */
const shortNames: Readonly<Record<string, string>> = { 'nist-800-190': 'sp800-190' };

/** Id of a control in OSCAL, which has to begin with a letter: `sp800-190-4.1.2`. */
export function controlId(template: string, control: string): string {
  return tokenOf(`${shortNames[template] ?? template}-${control}`);
}

/** Id of what a control asks for as a whole; of one question with its name. */
export function objectiveId(control: string, question?: string): string {
  return question === undefined ? `${control}_obj` : `${control}_obj.${tokenOf(question)}`;
}

/** Letters, digits and `. - _`, beginning with a letter. */
function tokenOf(text: string): string {
  const token = text.replaceAll(/[^\p{L}\p{N}.\-_]/gu, '-');
  return /^[\p{L}_]/u.test(token) ? token : `id-${token}`;
}

/** A text of one line, never empty. */
export function lineOf(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim() || '-';
}

/** A text where Markdown is read: what hosts name is shown as it is. */
export function markupOf(text: string): string {
  return lineOf(text).replaceAll(/[\\`*_[\]<>{}|]/g, (mark) => `\\${mark}`);
}

/** ISO 8601 with its zone, in whole seconds or less. */
export function momentOf(time: string): string {
  return new Date(time).toISOString();
}
