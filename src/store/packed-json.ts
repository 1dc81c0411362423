import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/**
 * Large documents (catalogs, findings) lie in `bytea` columns as zstd of JSON: about a tenth of the size as text. On the
 * thread that asks: making or reading the JSON takes it many times longer, and other threads are reached chunk by chunk.
 */
export async function packJson(value: object): Promise<Buffer> {
  return await packText(JSON.stringify(value));
}

/** As `packJson`, of what is JSON text already. */
export async function packText(json: string): Promise<Buffer> {
  return zstdCompressSync(json);
}

/** Reads what `packJson` wrote. Throws when the bytes are damaged; the caller checks the shape. */
export async function unpackJson(bytes: Uint8Array): Promise<unknown> {
  return JSON.parse((await unpackBytes(bytes)).toString('utf8'));
}

/** The JSON text that `packJson` wrote, as bytes. */
export async function unpackBytes(bytes: Uint8Array): Promise<Buffer> {
  return zstdDecompressSync(bytes);
}
