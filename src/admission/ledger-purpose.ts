/**
 * What the key that signs ledgers is for. No other certificate of an authority carries this usage, so neither an agent's
 * nor a server's can pass for it; the arc 2.25 is open to everybody.
 */
export const ledgerPurpose = { name: 'admission-ledger', usage: '2.25.1173829046.5.1' } as const;
