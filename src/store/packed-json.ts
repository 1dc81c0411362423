import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** Large documents (catalogs, findings) lie in `bytea` columns as zstd of JSON: about a tenth of the size as text. */
export async function packJson(value: object): Promise<Buffer> {
  return await compress(JSON.stringify(value));
}

/** Reads what `packJson` wrote. Throws when the bytes are damaged; the caller checks the shape. */
export async function unpackJson(bytes: Uint8Array): Promise<unknown> {
  return JSON.parse((await unpackBytes(bytes)).toString('utf8'));
}

/** The JSON text that `packJson` wrote, as bytes. */
export async function unpackBytes(bytes: Uint8Array): Promise<Buffer> {
  return await decompress(bytes);
}
