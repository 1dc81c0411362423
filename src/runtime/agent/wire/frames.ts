import { type FrameForm, plainFrame, processFrame } from './frame-form.ts';
import { struct, WireError } from './layout.ts';
import { policyFrame } from './policy-frame.ts';
import { tableFrame } from './table-frame.ts';
import * as structs from './structs.ts';
import { frameType as type, longestFrame } from './words.ts';

type FrameOf<Form> = Form extends FrameForm<infer Frame> ? Frame : never;

const exec = processFrame('exec', [type.exec, structs.exec], ['path', 'callerPath', 'given', 'argv', 'applet']);
const code = processFrame('code', [type.code, structs.code], ['path', 'openerPath', 'writerPath', 'argv', 'sha256']);

const sensorForms = {
  'sensor-hello': plainFrame('sensor-hello', [type.sensorHello, structs.sensorHello], ['kernel', 'version', 'missing']),
  container: plainFrame('container', [type.container, structs.container], ['image', 'root']),
  exec,
  code,
  listen: plainFrame('listen', [type.listen, structs.listen], ['path']),
  loss: plainFrame('loss', [type.loss, structs.loss], []),
  throttle: plainFrame('throttle', [type.throttle, structs.throttle], []),
  move: plainFrame('move', [type.move, structs.move], ['path', 'moverPath', 'toPath']),
  'policy-reply': plainFrame('policy-reply', [type.policyReply, structs.policyReply], ['reason']),
  'table-reply': plainFrame('table-reply', [type.tableReply, structs.tableReply], ['reason']),
  status: plainFrame('status', [type.status, structs.status], []),
  mapping: plainFrame('mapping', [type.mapping, structs.mapping], ['path']),
  'mappings-end': plainFrame('mappings-end', [type.mappingsEnd, structs.mappingsEnd], []),
  armed: plainFrame('armed', [type.armed, structs.armedContainer], ['reason']),
} as const;

const agentForms = {
  'agent-hello': plainFrame('agent-hello', [type.agentHello, structs.agentHello], ['instance']),
  acknowledge: plainFrame('acknowledge', [type.acknowledge, structs.acknowledge], []),
  configure: plainFrame('configure', [type.configure, structs.configure], []),
  policy: policyFrame,
  'forget-policy': plainFrame('forget-policy', [type.forgetPolicy, structs.forgetPolicy], []),
  assign: plainFrame('assign', [type.assign, structs.assign], []),
  'keep-assigned': plainFrame('keep-assigned', [type.keepAssigned, structs.keepAssigned], []),
  'ask-code': plainFrame('ask-code', [type.askCode, structs.askCode], []),
  table: tableFrame,
  'forget-table': plainFrame('forget-table', [type.forgetTable, structs.forgetTable], []),
  'ask-status': plainFrame('ask-status', [type.askStatus, struct({})], []),
} as const;

const forms = { ...sensorForms, ...agentForms };
const byType = new Map<number, FrameForm<Frame>>(
  Object.values(forms).map((form) => [form.type, form as unknown as FrameForm<Frame>]),
);

/** What a sensor says. */
export type SensorFrame = FrameOf<(typeof sensorForms)[keyof typeof sensorForms]>;
/** What an agent says. */
export type AgentFrame = FrameOf<(typeof agentForms)[keyof typeof agentForms]>;
export type Frame = SensorFrame | AgentFrame;
/** A sensor's frame that is kept until it is acknowledged. */
export type SequencedFrame = Extract<SensorFrame, { readonly sequence: bigint }>;
export type ContainerFrame = FrameOf<typeof sensorForms.container>;
export type ArmedFrame = FrameOf<typeof sensorForms.armed>;
export type ExecFrame = FrameOf<typeof exec>;
export type CodeFrame = FrameOf<typeof code>;
export type MoveFrame = FrameOf<typeof sensorForms.move>;
export type TableReply = FrameOf<(typeof sensorForms)['table-reply']>;
export type SensorHello = FrameOf<(typeof sensorForms)['sensor-hello']>;
export type MappingFrame = FrameOf<typeof sensorForms.mapping>;
export type MappingsEndFrame = FrameOf<(typeof sensorForms)['mappings-end']>;
export type SensorStatus = FrameOf<typeof sensorForms.status>;

/** One frame; `undefined` for a type that this side does not know. Throws `WireError`. */
export function decodeFrame(type: number, payload: Buffer): Frame | undefined {
  return byType.get(type)?.decode(payload);
}

/** A frame with its header. Throws `WireError` where it does not fit. */
export function encodeFrame(frame: Frame): Buffer {
  const form = forms[frame.kind] as unknown as FrameForm<Frame>;
  const payload = form.encode(frame);
  if (payload.length > longestFrame) throw new WireError(`A frame of ${payload.length} bytes is too long.`);
  const head = Buffer.alloc(structs.header.size);
  structs.header.write(head, 0, { length: payload.length, type: form.type });
  return Buffer.concat([head, payload]);
}
