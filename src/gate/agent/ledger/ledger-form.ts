// Numbers of `native/include/ledger.h`, under the words that this side uses.

export const magic = 'SWLEDGER';
export const form = 1;
export const block = 65_536;
export const headerBytes = 68;
export const recordBytes = 56;
export const longestHold = 120_000;

export const answer = { allow: 1, deny: 2, ask: 3 } as const;
export const cause = { verdict: 1, 'own-image': 2, 'break-glass': 3 } as const;
export const effect = { ignore: 1, alert: 2, block: 3 } as const;
export const builds = { allow: 1, 'approved-base': 2, deny: 3 } as const;
export const flag = { judgesSettings: 1, hasSettings: 2, judgesCompliance: 4 } as const;
