import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GateWorld, openGateWorld, soon, usualRule } from '../../../../test/make/gate-world.ts';
import type { Ledger } from '#admission/contract.ts';
import type { ComplianceRule } from '#compliance/contract.ts';
import { wrapperRing } from './ask-wrapper.ts';
import { type LineOfRing, linesInForce } from './lines.ts';
import { trialContainer } from './names.ts';
import { tryLine } from './try-line.ts';

const rule: ComplianceRule = {
  id: 'all',
  version: 7,
  name: 'Everything',
  state: 'on',
  lines: [{ checks: { by: 'severity', severity: 'low' }, effect: 'block' }],
  notAssessed: 'ignore',
  running: 'alert',
};

describe.each(['docker'] as const)(
  'lines at the runtime wrapper of a host whose images lie in the store of %s',
  { timeout: 180_000 },
  (store) => {
    let world: GateWorld;
    beforeAll(async () => {
      world = await openGateWorld(store);
    });
    afterAll(() => world?.close());

    const ring = (program: string) =>
      wrapperRing({
        canaryFolder: join(world.state, 'gate/canary'),
        socket: join(world.folder, 'run/gate.sock'),
        program: () => program,
        engine: () => 'there',
        compiled: async () => undefined,
      });
    const lines = (): readonly LineOfRing[] =>
      linesInForce({ ledger: world.ledger(), host: 'pier-1', environment: () => 'prod' }).filter(
        (line) => line.ring === 2,
      );
    const results = async (program: string): Promise<readonly string[]> => {
      const all: string[] = [];
      for (const { check, ask } of lines()) {
        if (ask.kind === 'none') continue;
        const { state, reason = '' } = await tryLine(ask, ring(program));
        all.push(`${check} ${state} ${reason}`.trim());
      }
      return all;
    };

    test('are refused, each for itself', async () => {
      const compliance: Ledger['compliance'] = { rules: [rule], lists: { 'approved-ports': ['8443/tcp'] } };
      await world.publish([{ ...usualRule, settings: [] }], world.ledger().entries, { compliance });
      const all = await results(join(world.folder, 'bin/runc'));
      // The wrapper itself refuses what is beyond the usual capabilities, in the words of the line about those.
      const bySooner = 'untried Another cause refuses it: CTR-005: It adds the capability';
      const others = all.filter((one) => !one.endsWith(' refused'));
      expect(others.map((one) => one.slice(0, 7))).toEqual(
        '007 008 009 010 011 012 014 015'.split(' ').map((id) => `CTR-${id}`),
      );
      expect(others.filter((one) => !one.includes(bySooner))).toEqual([]);
      expect(all.length).toBeGreaterThan(45);
    });

    test('pass where the plain runtime lies in the place of the wrapper, and nothing is made', async () => {
      const all = await results('/usr/sbin/runc');
      expect(all.filter((one) => !one.includes(' passed It let a start through that the agent refuses: '))).toEqual([]);
      expect(readdirSync(join(world.state, 'gate/canary/runtime'))).toEqual([]);
      // Under its id nothing else must start.
      const kept = readdirSync(join(world.state, 'gate/canary/containers', trialContainer));
      expect(kept).not.toContain('config.v2.json');
    });

    test('are told as no decisions, let nothing be admitted, and hurry no scan', async () => {
      await new Promise((resolve) => setTimeout(resolve, 2000));
      expect(world.of('decision')).toEqual([]);
      expect(world.hurried).toEqual([]);
      await expect.poll(() => readdirSync(join(world.state, 'gate/decisions')), soon).toEqual([]);
    });
  },
);
