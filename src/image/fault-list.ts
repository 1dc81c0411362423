import type { Fault, FaultCode } from './contract-fault.ts';

/** Most faults of one code that one layer reports one by one. */
const mostOfOneCode = 50;

/** Collects faults; of one code only the first ones, so that a hostile layer cannot fill the result with them. */
export interface FaultList {
  add(fault: Fault): void;
  all(): readonly Fault[];
}

export function createFaultList(): FaultList {
  const kept: Fault[] = [];
  const counts = new Map<FaultCode, number>();
  return {
    add(fault) {
      const count = (counts.get(fault.code) ?? 0) + 1;
      counts.set(fault.code, count);
      if (count <= mostOfOneCode) kept.push(fault);
    },
    all() {
      const more = [...counts].filter(([, count]) => count > mostOfOneCode);
      return [
        ...kept,
        ...more.map(([code, count]) => ({
          code,
          message: `${count - mostOfOneCode} more of this kind are not listed.`,
        })),
      ];
    },
  };
}
