/** Put in by the bundler (`tools/bundle.ts`). */
declare const SEAWALL_SOURCES: string | undefined;

/** Digest of all that this program is made of; `undefined` where it runs from its sources, which may change at any time. */
export const sourcesDigest = typeof SEAWALL_SOURCES === 'undefined' ? undefined : SEAWALL_SOURCES;
