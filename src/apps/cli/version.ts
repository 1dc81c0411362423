import manifest from '../../../package.json' with { type: 'json' };

/** Version of this Seawall. */
export const version: string = manifest.version;
