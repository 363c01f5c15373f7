// A TeamDay service of a page: an organization's agents, which answer whatever they are told. They are kept in memory
// and gone when it ends.
//   TEAMDAY_ISSUER=http://127.0.0.1:3000 TEAMDAY_CLIENT_SECRET=… PORT=4002 node examples/agents/server.ts
import { randomBytes } from 'node:crypto';
import { createAuthenticator } from '@teamday/resource-server';
import { authenticated, principalOf } from '@teamday/resource-server/fastify';
import fastify, { type FastifyError, type FastifyRequest } from 'fastify';

const { TEAMDAY_ISSUER, TEAMDAY_CLIENT_ID, TEAMDAY_CLIENT_SECRET, HOST, PORT } = process.env;
const authenticator = createAuthenticator({
  issuer: TEAMDAY_ISSUER ?? 'http://127.0.0.1:3000',
  clientId: TEAMDAY_CLIENT_ID ?? 'agents',
  clientSecret: TEAMDAY_CLIENT_SECRET ?? '',
});
const service = 'agents';
const writers = ['admin', 'member', 'organization'] as const;
const mayList = authenticated(authenticator, { service, scopes: ['agents:manage'] });
const mayManage = authenticated(authenticator, { service, scopes: ['agents:manage'], roles: writers });
const mayExecute = authenticated(authenticator, { service, scopes: ['agents:execute'], roles: writers });

interface Agent {
  readonly id: string;
  readonly name: string;
  readonly visibility: 'organization' | 'private';
  readonly createdBy: string;
}

/** Organization -> its agents. */
const agents = new Map<string, Agent[]>();

function agentsOf(request: FastifyRequest): Agent[] {
  const { organizationId } = principalOf(request); // never an id that the request itself names
  const first: Agent = { id: 'char_deploy_bot', name: 'Deploy Bot', visibility: 'organization', createdBy: 'teamday' };
  const own = agents.get(organizationId) ?? [first];
  agents.set(organizationId, own);
  return own;
}

/** A private agent is its maker's alone. */
function visibleTo(request: FastifyRequest): Agent[] {
  const { id } = principalOf(request);
  return agentsOf(request).filter(({ visibility, createdBy }) => visibility === 'organization' || createdBy === id);
}

const app = fastify();

app.get('/api/v1/agents', { onRequest: mayList }, async (request) => {
  const visible = visibleTo(request);
  return { agents: visible, count: visible.length };
});

app.post('/api/v1/agents', { onRequest: mayManage }, async (request, reply) => {
  const { name, visibility = 'organization' } = (request.body ?? {}) as Record<string, unknown>;
  if (typeof name !== 'string' || name.trim() === '' || name.length > 100) {
    return refuse(400, 'name must be a text of 1 to 100 characters');
  }
  if (visibility !== 'organization' && visibility !== 'private') {
    return refuse(400, "visibility must be 'organization' or 'private'");
  }
  const id = `char_${randomBytes(8).toString('hex')}`;
  const agent: Agent = { id, name: name.trim(), visibility, createdBy: principalOf(request).id };
  agentsOf(request).push(agent);
  return await reply.code(201).send(agent);
});

app.post<{ Params: { id: string } }>('/api/v1/agents/:id/execute', { onRequest: mayExecute }, async (request) => {
  const { message, stream = false } = (request.body ?? {}) as Record<string, unknown>;
  if (typeof message !== 'string' || message === '') return refuse(400, 'message must be a text');
  if (stream !== false) return refuse(400, 'stream must be false: this example answers at once');
  const agent = visibleTo(request).find(({ id }) => id === request.params.id);
  if (agent === undefined) return refuse(404, 'Agent not found');
  const answer = { role: 'assistant', content: `${agent.name} would do: ${message}` };
  return {
    id: `exec_${randomBytes(8).toString('hex')}`,
    agentId: agent.id,
    messages: [{ role: 'user', content: message }, answer],
  };
});

app.setNotFoundHandler(({ method, url }) => refuse(404, `There is no ${method} ${url.split('?')[0]}`));

app.setErrorHandler<FastifyError>(async (error, _request, reply) => {
  const { statusCode = 500, message } = error;
  if (statusCode >= 500) console.error(error);
  return await reply
    .code(statusCode)
    .send({ statusCode, message: statusCode < 500 ? message : 'Something went wrong' });
});

const address = await app.listen({ port: Number(PORT ?? 4002), host: HOST ?? '127.0.0.1' });
console.log(`The agents service is ready at ${address}`);

function refuse(statusCode: number, message: string): never {
  throw Object.assign(new Error(message), { statusCode });
}
