import { readLedgerRules, type LedgerRules } from '#admission/console/index.ts';
import { type GateState, readGateStates } from '#gate/console/index.ts';
import { type RunningContainer, whereRuns } from '#inventory/console/index.ts';
import { ruleFor } from '#rules/index.ts';
import {
  type AnsweredSubject,
  fail,
  notApplicable,
  notAssessed,
  pass,
  type ProductAnswer,
} from '../../../evidence/answer.ts';
import { ownId } from '../collect-ids.ts';
import { type HostSource, type KnownHost, silentWords } from '../context.ts';
import { readAnswersBefore } from '../answers-before.ts';

/** Milliseconds for which a refused canary shows that a gate refuses. */
const canaryHolds = 600_000;

const noGate =
  'Its agent has reported no gate. Installing one with “seawall gate install” and an agent that tries it would assess this.';

/** What gates of hosts do, as their agents reported it and as the ledger in force there says. */
export const gateAnswers: HostSource = async ({ queries, now, hosts, containers }) => {
  const names = hosts.map(({ name }) => name);
  const [states, ledgers] = [await readGateStates(queries, names), await readLedgerRules(queries, names)];
  const before = await readAnswersBefore(queries, names);
  const running = Map.groupBy(containers, (one) => whereRuns(one).host);
  return hosts.flatMap((known): readonly AnsweredSubject[] => {
    const { name } = known;
    const own = running.get(name) ?? [];
    const seen: SeenGate = {
      known,
      now,
      state: states.get(name),
      ledger: ledgers.get(name),
      hadGate: before.get(name)?.['gate-blocks']?.state ?? 'not-assessed',
      containers: own,
    };
    return [
      {
        host: name,
        kind: 'host',
        id: ownId,
        answers: {
          'gate-blocks': gateBlocks(seen),
          'gate-refuses': gateRefuses(seen),
          'block-rule': blockRule(seen),
        },
        moments: momentsOf(seen),
      },
      ...own.map(({ id }): AnsweredSubject => {
        return { host: name, kind: 'container', id, answers: { 'container-admitted': admitted(id, seen) } };
      }),
    ];
  });
};

/** A canary shows nothing any more, or a ledger ends. */
function momentsOf({ state, ledger }: SeenGate): AnsweredSubject['moments'] {
  const { canary, ledger: reported } = state?.gate ?? {};
  return [
    canary && new Date(Math.min(Date.parse(canary.at), state?.reportedAt.getTime() ?? Infinity) + canaryHolds),
    reported && new Date(reported.expiresAt),
    ledger?.expiresAt,
  ];
}

interface SeenGate {
  readonly known: KnownHost;
  readonly now: Date;
  readonly state: GateState | undefined;
  readonly ledger: LedgerRules | undefined;
  /** What was answered before: a gate that stood here and is gone is a failure, one that never stood is unknown. */
  readonly hadGate: ProductAnswer['state'];
  readonly containers: readonly RunningContainer[];
}

function stands({ gate }: GateState): 'whole' | 'part' | 'none' {
  if (gate.wrapper === 'installed') return 'whole';
  if (gate.wrapper === 'partial' || gate.wrapper === 'broken') return 'part';
  return gate.authorization === 'on' ? 'whole' : 'none';
}

/** Whether a gate stands at all, in the words of a control. */
function gateBlocks({ known, state, hadGate, now }: SeenGate): ProductAnswer {
  if (known.silentSince !== undefined) return notAssessed(silentWords(known.silentSince));
  if (state === undefined) return notAssessed(noGate);
  const { gate } = state;
  switch (stands(state)) {
    case 'none':
      return hadGate === 'pass' || hadGate === 'fail'
        ? fail('The gate that stood here is gone: neither wrapper nor authorization plugin decides about starts.')
        : notAssessed(noGate);
    case 'part':
      return fail(`wrapper ${gate.wrapper}`, ...gate.problems);
    case 'whole':
      if (gate.ledger === undefined) return fail('No ledger is in force.', ...gate.problems);
      if (Date.parse(gate.ledger.expiresAt) <= now.getTime())
        return fail(`Its ledger ended at ${gate.ledger.expiresAt}.`, ...gate.problems);
      return pass(
        `wrapper ${gate.wrapper}, authorization plugin ${gate.authorization}, ledger ${gate.ledger.sequence}`,
      );
  }
}

/** By the newest canary that the agent reported; older than ten minutes it shows nothing of now. */
function gateRefuses(seen: SeenGate): ProductAnswer {
  const { known, state, now } = seen;
  if (known.silentSince !== undefined) return notAssessed(silentWords(known.silentSince));
  const blocks = gateBlocks(seen);
  if (state === undefined || blocks.state === 'not-assessed') return notAssessed(noGate);
  const { canary } = state.gate;
  // An agent tries its own answers as well: without a gate that asks it, they refuse nothing.
  if (stands(state) === 'none') return blocks;
  if (canary === undefined)
    return blocks.state === 'fail'
      ? blocks
      : notAssessed('Its gates have not been tried yet. The agent tries them every 5 minutes.');
  const at = Math.min(Date.parse(canary.at), state.reportedAt.getTime());
  const words = `${canary.message} (tried at ${canary.at})`;
  if (canary.passed) return fail(words);
  if (now.getTime() - at > canaryHolds) return fail(`Not tried for more than 10 minutes: ${words}`);
  if (canary.untried === undefined)
    return notAssessed('Its agent is of an earlier release and does not say which gates it tried. Upgrade it.');
  return canary.untried > 0 ? notAssessed(`${words} Trying each gate would assess this.`) : pass(words);
}

/** A rule of the console is nothing yet: what counts is the ledger that the host says is in force. */
function blockRule(seen: SeenGate): ProductAnswer {
  const { known, state, ledger, containers, now } = seen;
  const inProd = containers.map(whereRuns).filter(({ environment }) => environment === 'prod');
  const { environment } = known.host;
  if (environment !== 'prod' && inProd.length === 0) return notApplicable('Nothing of prod runs here.');
  if (known.silentSince !== undefined) return notAssessed(silentWords(known.silentSince));
  if (state === undefined) return notAssessed(noGate);
  // A ledger without a gate that goes by it is a rule that merely exists.
  if (stands(state) === 'none') return gateBlocks(seen);
  if (state.gate.ledger === undefined) return fail('No ledger is in force.');
  if (ledger === undefined || ledger.sequence !== state.gate.ledger.sequence)
    return notAssessed(
      `Its gates decide by ledger ${state.gate.ledger.sequence}, and the console’s newest is ${ledger?.sequence ?? 'none'}. The next report of the host would assess this.`,
    );
  if (ledger.expiresAt <= now) return fail(`Ledger ${ledger.sequence} ended at ${ledger.expiresAt.toISOString()}.`);
  const { rules, collections } = ledger;
  const locations = inProd.length > 0 ? inProd : [{ host: known.name, environment: 'prod', images: [], labels: {} }];
  const open = locations.filter((location) => ruleFor(rules, collections, location)?.fail !== 'block');
  if (open.length === 0) return pass(`ledger ${ledger.sequence} blocks images that fail`);
  return fail(
    ...open.map((location) => {
      const rule = ruleFor(rules, collections, location);
      const what = location.images[0] ?? 'containers of prod';
      return rule === undefined ? `No rule applies to ${what}.` : `“${rule.name}” does not block ${what}.`;
    }),
  );
}

/** By the sweep, which compares what runs with what was admitted. */
function admitted(id: string, { known, state, ...seen }: SeenGate): ProductAnswer {
  if (known.silentSince !== undefined) return notAssessed(silentWords(known.silentSince));
  if (state === undefined || gateBlocks({ known, state, ...seen }).state !== 'pass')
    return notAssessed(
      'No gate that works stands on its host, so nothing was admitted. Installing one would assess this.',
    );
  if (state.rogues === undefined)
    return notAssessed('The sweep of its host has not reported yet which containers were admitted.');
  const rogue = state.rogues.find(({ container }) => container === id);
  return rogue === undefined ? pass() : fail(rogue.reason);
}
