/** What an outside review called misleading, by the id of its row in docs/review-answers.md: it does not come back. */

/** A name that was replaced. */
export interface FormerName {
  readonly id: string;
  /** Of whole names. */
  readonly name?: RegExp;
  /** Of paths of files. */
  readonly file?: RegExp;
  /** Only below this folder: elsewhere the name may mean something else. */
  readonly below?: string;
}

export const formerNames: readonly FormerName[] = [
  { id: 'N1', name: /^[pP]laces?(?:Of|Text|Key)?$/, below: 'src/explorer/' },
  { id: 'N2', name: /^place_(?:number|int)$|^[pP]laceNumber$/, below: 'src/explorer/' },
  { id: 'N3', name: /^Standing$|^[A-Z]\w*Standing$/ },
  { id: 'N4', name: /^(?:[mM]ass|\w+Mass|mass_\w+)$/ },
  { id: 'N5', name: /^[sS]hifts$|^Shift$/, file: /\/shifts\.ts$/ },
  { id: 'N6', name: /^touched(?:_\w+)?$|^Touched\w*$/, below: 'src/explorer/' },
  { id: 'N7', file: /\/console\/use\.ts$/ },
  { id: 'N8', name: /^[wW]eigh\w*$/, file: /\/weigh[^/]*$/, below: 'src/explorer/' },
  { id: 'N9', name: /^[vV]oices?$|^voiceOf$/ },
  { id: 'N10', name: /^Witness\w*$|^witness(?:Of|Key|es)$/ },
  { id: 'N11', name: /^findingsOf$/, below: 'src/catalog/' },
  { id: 'N11', name: /^findingsOf$/, below: 'src/ecosystems/' },
  { id: 'N12', name: /^speakersFor$|^Speakers?$/ },
  { id: 'N13', name: /^Judged$/ },
  { id: 'N14', name: /^[pP]olicyDesk$/, file: /policy-desk/ },
  { id: 'N15', name: /^[oO]rders$/, file: /\/orders\.ts$/, below: 'src/runtime/console/' },
  { id: 'N15', name: /^Orders$|^[a-z]\w+Orders$/ },
  { id: 'N16', name: /^[lL]edgerBook$/, file: /ledger-book/ },
  { id: 'N17', name: /^[cC]ompiledLedger$|^compileLedger$/, file: /compiled?-ledger/ },
  { id: 'N18', name: /^[gG]ateStanding$/, file: /gate-standing/ },
  { id: 'N19', name: /^Ground$|^[A-Z]\w*Ground$/ },
  { id: 'N20', name: /^Parts$|^(?:Console|Agent|Route)Parts$/, below: 'src/' },
  { id: 'N21', name: /^(?:told|tell|tells|untold)[A-Z]\w*$|^tell$|\w(?:Told|Tells?)(?:[A-Z]|$)/ },
  { id: 'N22', name: /^outlookOf$/ },
  { id: 'N23', file: /\/asks\.ts$/ },
  { id: 'N24', file: /\/meeting\.ts$/ },
  { id: 'N25', file: /\/lane\.ts$/ },
  { id: 'N26', file: /\/(?:open-archive|stored-image|saved-image)\.ts$/ },
  { id: 'N27', name: /^(?:matter|guarding|guard_places|births)(?:_\w+)?$/, below: 'native/' },
  { id: 'N27', file: /\/(?:matter|guarding|guard-places|judging|births)\.[ch]$/ },
  { id: 'N28', file: /\/births\.h$/ },
  { id: 'N30', name: /^tell_exec$/ },
  { id: 'N30', name: /^report_exec$/, below: 'native/sensor/guard' },
];

/** A text of pages, errors or commands that was replaced, and what stands instead, as it stands in the code. */
export interface FormerText {
  readonly id: string;
  readonly former: RegExp;
  readonly instead: readonly string[];
}

export const formerTexts: readonly FormerText[] = [
  {
    id: 'W1',
    former: /holds? for it, alone|what nothing prevents/i,
    instead: ['Rules are checked top down; the first match applies. Everything else raises an alert.'],
  },
  { id: 'W2', former: /holds? what is to start/i, instead: ['The first matching rule decides.'] },
  {
    id: 'W3',
    former: /policies judge what|\bHolds for |no verdict on what/,
    instead: ['Unscanned images: no verdict', ' evaluated'],
  },
  {
    id: 'W4',
    former: /it judges what it|stands? before the last|block: it fails/i,
    instead: ['Enabled', 'Placed above the default.', 'Block'],
  },
  {
    id: 'W5',
    former: /images that nobody knows|tells of what runs past|of the host mounted|^Leave it$/i,
    instead: ['Unknown images', 'Host path mounts', 'Cancel'],
  },
  { id: 'W6', former: /know what to expect|how far it knows/i, instead: ['Convergence', 'Entries'] },
  { id: 'W7', former: /hours were seen|surprising hours|learn anew|only drift is told/i, instead: ['Relearn…'] },
  {
    id: 'W8',
    former: /in a session from outside|shown by \d|no answer within/i,
    instead: ['Seen in', 'sensor not ready'],
  },
  { id: 'W9', former: /every start is judged on|run past the gates/i, instead: ['Gate active on'] },
  { id: 'W10', former: /not known whether mended/i, instead: ['patch status unknown: '] },
  {
    id: 'W11',
    former: /\bmay come in\b|\bcomes in by\b|his sessions end|^make a user/i,
    instead: ['Sign-in', 'Disabled (ends all sessions)', 'Create a user'],
  },
  { id: 'W12', former: /where its agents may stand/i, instead: ['Allowed environments'] },
  { id: 'W13', former: /what speaks for something/i, instead: ['data about existing images is never deleted'] },
  { id: 'W14', former: /one is all layers of/i, instead: ['No base is approved. Pick a scanned image'] },
  { id: 'W15', former: /^(?:Did|Nothing)$/, instead: ['Action', 'Target', '–'] },
  {
    id: 'W16',
    former: /ask that a finding|keeps nothing from counting/i,
    instead: ['Request an exception', 'Pending; would apply to '],
  },
  { id: 'W17', former: /with them .*violations; /i, instead: ['fixes '] },
  {
    id: 'S6',
    former: /layers were told by|that is believed tells|it is looked for again/i,
    instead: ['No trusted scan lists its layers.', 'checking again.'],
  },
  { id: 'S7', former: /did not find out in time|not known here whether/i, instead: [] },
  { id: 'W18', former: /lies there, not running|nothing is called/i, instead: ['on disk only', 'No results'] },
];
