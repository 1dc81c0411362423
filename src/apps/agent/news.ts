import type { GateFact } from '#gate/contract.ts';
import type { Engine } from '#inventory/contract.ts';
import type { SensorFact } from '#runtime/contract.ts';

/** What a host's scanner tells the program that started the agent, one JSON object a line. */
export type HostScanNews =
  | { readonly kind: 'found'; readonly engine: Engine; readonly targets: number }
  | { readonly kind: 'scanning'; readonly name: string; readonly done: number; readonly total: number }
  | { readonly kind: 'scanned'; readonly name: string; readonly packages: number; readonly faults: number }
  | { readonly kind: 'failed'; readonly name: string; readonly reason: string }
  | { readonly kind: 'sensor'; readonly fact: SensorFact }
  | { readonly kind: 'gate'; readonly fact: GateFact }
  | { readonly kind: 'idle'; readonly known: number; readonly unscanned: number };
