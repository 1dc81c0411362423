import { AppError } from '#base/index.ts';
import { type FactHandler, isSignedByAgent, readFacts } from '#link/console/index.ts';
import { CodeStatement, SignedCode } from '../contract.ts';
import { signedBytesOf } from '../signed-code.ts';
import { runtimeSchema } from './schema.ts';

/** Fact `code`: what runs in a container, as its host signed it. The newest of a container replaces the older. */
export const reportCode: FactHandler = async (transaction, { id: agent, name: host }, facts) => {
  const database = transaction.query(runtimeSchema);
  for (const { at, body } of readFacts(facts, SignedCode)) {
    const { statement: text, signature, certificate } = body;
    const statement = readStatement(text);
    const signed = { content: signedBytesOf(text), signature, certificate, at: new Date(at) };
    if (!(await isSignedByAgent(transaction, agent, signed)))
      throw new AppError('bad-request', 'A statement about running code is not signed by the certificate of its host.');
    if (statement.host !== host)
      throw new AppError(
        'bad-request',
        'A statement about running code is of another host than the one that tells it.',
      );
    const { container, request } = statement;
    const row = { told_at: new Date(at), statement: text, signature, certificate };
    await database
      .insertInto('code_statement')
      .values({ host, container, ...row })
      .onConflict((conflict) => conflict.columns(['host', 'container']).doUpdateSet(row))
      .execute();
    if (request !== undefined)
      await database
        .deleteFrom('code_question')
        .where('host', '=', host)
        .where('container', '=', container)
        .where('request', '=', request)
        .execute();
  }
};

function readStatement(text: string): CodeStatement {
  try {
    return CodeStatement.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError('bad-request', 'A statement about running code cannot be read by this version.', { cause });
  }
}
