import { refuse } from './refuse.ts';

const compressed = ['1f8b', '425a68', '504b0304', 'fd377a585a00', '28b52ffd'];

/** The text of a file in UTF-8, so that encoding it again gives the same bytes. Throws `AppError` for all else. */
export function decodeXml(bytes: Uint8Array): string {
  const start = Buffer.from(bytes.subarray(0, 6));
  const hex = start.toString('hex');
  if (compressed.some((mark) => hex.startsWith(mark)))
    refuse('The file is compressed.', 'Unpack it and import the XML file itself.');
  if (hex.startsWith('feff') || hex.startsWith('fffe') || start.subarray(0, 4).includes(0))
    refuse('The file is in UTF-16 or UTF-32; only UTF-8 is read.', 'oscap writes UTF-8: import its file unchanged.');
  const text = utf8(bytes);
  if (!/^\uFEFF?\s*</.test(text)) refuse('The file is not XML.');
  return text;
}

function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refuse('The file is not in UTF-8.', 'oscap writes UTF-8: import its file unchanged.');
  }
}
