/** What the key that signs bundles of verdicts is for; no other certificate of an authority carries this usage. */
export const bundlePurpose = { name: 'verdict-bundle', usage: '2.25.1173829046.5.3' } as const;
