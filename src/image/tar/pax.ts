/** Records of one PAX extended header, last one first served; sparse maps of format 0.0 are joined into one. Values of extended attributes are bytes, one character each. */
export type PaxRecords = ReadonlyMap<string, string>;

/** Before the name of an extended attribute, as Go writes and reads it. */
const attribute = 'SCHILY.xattr.';

/** Records that name something; others may hold any bytes, as extended attributes do (`SCHILY.xattr.…`). */
const names: ReadonlySet<string> = new Set(['path', 'linkpath', 'uname', 'gname', 'GNU.sparse.name']);

/**
 * Parses `LENGTH KEY=VALUE\n` records (POSIX.1-2001 pax, "Extended Header"). An empty value takes a record back.
 * Returns `undefined` when the records are not well-formed.
 */
export function parsePax(bytes: Buffer): PaxRecords | undefined {
  const records = new Map<string, string>();
  const sparse: string[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const space = bytes.indexOf(0x20, offset);
    if (space === -1 || space - offset > 10) return undefined;
    const digits = bytes.toString('latin1', offset, space);
    const end = offset + Number(digits);
    if (!/^[1-9][0-9]*$/.test(digits) || end > bytes.length || end <= space || bytes[end - 1] !== 0x0a)
      return undefined;
    const equals = bytes.indexOf(0x3d, space);
    if (equals === -1 || equals >= end) return undefined;
    const key = bytes.toString('utf8', space + 1, equals);
    const value = bytes.toString(key.startsWith(attribute) ? 'latin1' : 'utf8', equals + 1, end - 1);
    offset = end;
    if (key === 'GNU.sparse.offset' || key === 'GNU.sparse.numbytes') sparse.push(value);
    else if (value === '') records.delete(key);
    else if (names.has(key) && value.includes('\0')) return undefined;
    else records.set(key, value);
  }
  if (sparse.length > 0) records.set('GNU.sparse.map', sparse.join(','));
  return records;
}
