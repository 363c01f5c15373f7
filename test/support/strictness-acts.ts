// Every call that ends or changes credentials, a row each: it makes what it is done to, and does it. Those that are done
// to people and to services: strictness-people-acts.ts.
import { setTimeout as pause } from 'node:timers/promises';
import type { Call } from './strictness-door.ts';
import {
  type Act,
  type Lane,
  type Login,
  refreshWith,
  revokeByItself,
  type Token,
  type TokenKind,
} from './strictness-lane.ts';
import type { Credential } from './strictness-watch.ts';
import { ORGANIZATION } from './strictness-world.ts';

export interface RevokingAct {
  readonly name: string;
  /** How often it is chosen, beside the others. */
  readonly weight: number;
  run(lane: Lane, admin: Lane): Promise<void>;
}

const PERSONAL = '/api/users/me';
const OF_ORGANIZATION = `/api/organizations/${ORGANIZATION}`;
const LISTS = { personal: `${PERSONAL}/tokens`, organization: `${OF_ORGANIZATION}/tokens` };
/** A credential is looked at while it lives, this long at most. */
const LIFE_MS = 40;

const onEitherToken = (['personal', 'organization'] as const).flatMap((kind) => [
  onToken(kind, 12, `revocation of a ${kind} token`, ({ id }, { authorization }) =>
    post(`${LISTS[kind]}/${id}/revoke`, authorization),
  ),
  onToken(kind, 6, `RFC 7009, with a ${kind} token`, ({ credential }) => revokeByItself(credential)),
  rotation(kind),
]);

export const credentialActs: readonly RevokingAct[] = [
  ...onEitherToken,
  onToken('personal', 4, "revocation of a member's personal token", ({ id }, _, { authorization }) =>
    post(`${OF_ORGANIZATION}/personal-tokens/${id}/revoke`, authorization),
  ),
  onLogin(3, 'RFC 7009, with an access token', ({ access }, { random }) => revokeByItself(random.pick(access))),
  onLogin(3, 'RFC 7009, with a refresh token', ({ refresh }) => revokeByItself(refresh.at(-1) as Credential)),
  onLogin(3, 'reuse of a refresh token', ({ refresh }) => refreshWith(refresh[0] as Credential), 400),
  onLogin(3, 'end of a sign-in', ({ id }, { authorization }) =>
    post(`${PERSONAL}/sessions/${id}/revoke`, authorization),
  ),
  onLogin(3, "end of a member's sign-in", ({ id }, _, { authorization }) =>
    post(`${OF_ORGANIZATION}/sessions/${id}/revoke`, authorization),
  ),
  onMany(3, 'report of leaked credentials', 202, (credentials) => ({
    path: '/api/credentials/revoke',
    body: { tokens: credentials.map(({ token }) => token) },
  })),
  onMany(2, 'revocation of several tokens', 200, (_, ids, { authorization }) =>
    post(`${OF_ORGANIZATION}/credentials/revoke`, authorization, { ids }),
  ),
];

export function post(path: string, authorization: string, body: object = {}): Call {
  return { path, authorization, body };
}

function onToken(
  kind: TokenKind,
  weight: number,
  name: string,
  call: (token: Token, lane: Lane, admin: Lane) => Call,
): RevokingAct {
  return {
    name,
    weight,
    async run(lane, admin) {
      const token = await lane.makeToken(kind);
      await live(lane);
      await lane.carryOut({ name, status: 200, to: 'inactive' }, call(token, lane, admin), [token.credential]);
      await token.credential.finish();
    },
  };
}

/** Without grace, one to three times: each successor lives until its own. What it can't be done to again is revoked. */
function rotation(kind: TokenKind): RevokingAct {
  const act: Act = { name: `rotation of a ${kind} token`, status: 201, to: 'inactive' };
  return {
    name: act.name,
    weight: 8,
    async run(lane) {
      let token: Token | undefined = await lane.makeToken(kind);
      for (let times = Math.floor(lane.random.between(1, 4)); times > 0 && token !== undefined; times -= 1) {
        await live(lane);
        const { id, credential }: Token = token;
        const call = post(`${LISTS[kind]}/${id}/rotate`, lane.authorization, { graceSeconds: 0 });
        const answer = await lane.attempt(act, call, [credential]);
        if (answer === undefined) await lane.revoke([credential]);
        token = answer && lane.tokenIn(answer, kind);
        await credential.finish();
      }
      if (token === undefined) return;
      await lane.revoke([token.credential]);
      await token.credential.finish();
    },
  };
}

/** To a session that has been refreshed three to nine times. All of its access tokens are still good, and one refresh token. */
function onLogin(
  weight: number,
  name: string,
  call: (login: Login, lane: Lane, admin: Lane) => Call,
  status = 200,
): RevokingAct {
  return {
    name,
    weight,
    async run(lane, admin) {
      const login = await lane.logIn();
      const isUsed = await use(lane, login);
      await live(lane);
      if (isUsed) await lane.carryOut({ name, status, to: 'inactive' }, call(login, lane, admin), alive(login));
      else await lane.revokeLogin(login);
      await finish([...login.access, ...login.refresh]);
    },
  };
}

/** To tokens of both kinds, and where it takes no ids, to a sign-in as well. */
function onMany(
  weight: number,
  name: string,
  status: number,
  call: (credentials: readonly Credential[], ids: readonly string[], admin: Lane) => Call,
): RevokingAct {
  const takesLogins = status === 202;
  return {
    name,
    weight,
    async run(lane, admin) {
      const made: Token[] = [];
      for (let n = 0; n < 6; n += 1) made.push(await lane.makeToken(n % 2 === 0 ? 'personal' : 'organization'));
      const tokens = made.map(({ credential }) => credential);
      const ofLogin = takesLogins ? alive(await lane.logIn()) : [];
      const shown = [...tokens, ...lane.random.shuffled(ofLogin).slice(0, 1)];
      const ids = made.map(({ id }) => id);
      const all = [...tokens, ...ofLogin];
      await lane.carryOut({ name, status, to: 'inactive' }, call(lane.random.shuffled(shown), ids, admin), all);
      await finish(all);
    },
  };
}

/** False: it is not known how far it came. */
async function use(lane: Lane, login: Login): Promise<boolean> {
  const times = Math.floor(lane.random.between(3, 10));
  for (let n = 0; n < times; n += 1) {
    await live(lane);
    if (!(await lane.refresh(login))) return false;
  }
  return true;
}

export function alive({ access, refresh }: Login): Credential[] {
  return [...access, ...refresh.slice(-1)];
}

export async function live({ random }: Lane): Promise<void> {
  await pause(random.between(0, LIFE_MS));
}

export async function finish(credentials: readonly Credential[]): Promise<void> {
  await Promise.all(credentials.map((credential) => credential.finish()));
}
