import { messageOf } from '#base/index.ts';
import {
  type AskContext,
  askBuild,
  askCreate,
  askExec,
  askPull,
  askStart,
  askUpdate,
  askVolume,
  unreadable,
} from './request-kinds.ts';
import { askService } from './ask-service.ts';
import { objectionToBody } from './body.ts';
import { decisionOf, faulty, type Outcome, refused, sentenceOf } from './outcome.ts';
import type { AuthorizationPorts } from './ports.ts';
import { readTarget } from './request-target.ts';
import { type Ask, routeOf } from './routes.ts';
import { AuthorizationRequest } from './schema.ts';
import { trialRefusal, trialTarget } from './trial.ts';

/** As the engine takes it: of an answer without an error it reads only `Allow`. */
export interface AuthorizationAnswer {
  readonly Allow: boolean;
  readonly Msg: string;
}

const letThrough: AuthorizationAnswer = { Allow: true, Msg: '' };

/** Answers one request of a client. Whatever cannot be read or goes wrong is refused; never throws. */
export async function authorize(question: unknown, ports: AuthorizationPorts): Promise<AuthorizationAnswer> {
  const began = performance.now();
  const read = AuthorizationRequest.safeParse(question);
  if (read.data?.RequestUri === trialTarget) return { Allow: false, Msg: trialRefusal };
  const outcome = read.success
    ? await outcomeOf(read.data, ports)
    : refused('ask', 'the engine', 'The engine asked in a form that is not known. Update Seawall.');
  if (outcome === undefined) return letThrough;
  const user = read.data?.User ?? '';
  if (outcome.isTrial !== true)
    ports.decided(
      decisionOf(outcome, {
        id: ports.newId(),
        at: ports.ledgerState().now,
        milliseconds: performance.now() - began,
        principal: user === '' ? undefined : user,
      }),
    );
  return outcome.judged.answer === 'allow' ? letThrough : { Allow: false, Msg: sentenceOf(outcome) };
}

/** `undefined`: let through, and nothing to tell. */
async function outcomeOf(request: AuthorizationRequest, ports: AuthorizationPorts): Promise<Outcome | undefined> {
  const { RequestMethod: method, RequestUri: uri } = request;
  const read = readTarget(uri, method === 'GET' || method === 'HEAD' ? 'looks' : 'changes');
  const subject = `${method} ${uri.split('?')[0] ?? ''}`.slice(0, 300);
  if (read.kind === 'refused') return refused('answer', subject, unreadable(read.why));
  const { target } = read;
  const route = routeOf(method, target.path);
  if (route === 'looks') return undefined;
  if (route === undefined)
    return refused('answer', subject, 'This gate does not know the request, and lets nobody make it.');
  if (route.ask.kind === 'closed') return refused(route.ask.action, subject, route.ask.reason);
  const objection = objectionToBody(route.body, request);
  if (objection !== undefined) return refused('answer', subject, unreadable(objection));
  try {
    return await answer(route.ask, { request, target, ports });
  } catch (error) {
    ports.log.error({ request: subject, error: messageOf(error) }, 'A request to the engine could not be judged.');
    return faulty(
      'answer',
      subject,
      `It could not be judged: ${messageOf(error)} Try again; the agent’s log says more.`,
    );
  }
}

async function answer(
  ask: Exclude<Ask, { readonly kind: 'closed' }>,
  context: AskContext,
): Promise<Outcome | undefined> {
  switch (ask.kind) {
    case 'harmless':
      return undefined;
    case 'create':
      return askCreate(context);
    case 'start':
      return askStart(ask, context);
    case 'exec':
      return askExec(ask.container, context);
    case 'update':
      return askUpdate(ask.container, context);
    case 'pull':
      return askPull(context);
    case 'build':
      return askBuild(context);
    case 'volume':
      return askVolume(context);
    case 'service':
      return askService(ask.action, context);
    default:
      return ask satisfies never;
  }
}
