import { createHash } from 'node:crypto';
import { isSpdx } from '../licences.ts';

/** A licence that is none of SPDX's list, as the document explains it. */
interface ExtractedLicence {
  readonly licenseId: string;
  readonly name: string;
  readonly extractedText: string;
}

/** What a package declares, as one expression; texts of no SPDX licence are named by a reference. */
export function expressionOf(declared: readonly string[]): string {
  const texts = licencesIn(declared);
  const parts = texts.map((text) => (isSpdx(text) ? text : referenceTo(text)));
  if (parts.length < 2) return parts[0] ?? 'NOASSERTION';
  return parts.map((part) => (/\s/.test(part) ? `(${part})` : part)).join(' AND ');
}

/** The texts that those references stand for, each once. */
export function extractedOf(declared: readonly (readonly string[])[]): readonly ExtractedLicence[] {
  const texts = new Set(declared.flatMap(licencesIn).filter((text) => !isSpdx(text)));
  return [...texts]
    .sort()
    .map((text) => ({ licenseId: referenceTo(text), name: text.slice(0, 200), extractedText: text }));
}

function licencesIn(declared: readonly string[]): readonly string[] {
  return [...new Set(declared.map((text) => text.trim()))].filter((text) => text !== '');
}

function referenceTo(text: string): string {
  return `LicenseRef-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
}
