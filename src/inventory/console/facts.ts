import { fact } from '#store/index.ts';

/** A host told anew what it holds, or how far its scanner is. */
export const hostReported = fact<{ readonly host: string }>('host-reported');
