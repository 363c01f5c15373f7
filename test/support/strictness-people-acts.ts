// What is done to a person, and so to all that acts in their name; and the removal of a service that introspects.
import { monotonicMs } from '../../src/clock.ts';
import { alive, credentialActs, finish, live, post, type RevokingAct } from './strictness-acts.ts';
import type { Call } from './strictness-door.ts';
import { type Act, type Lane, type Login, Refused, type Token } from './strictness-lane.ts';
import type { Credential, Watch } from './strictness-watch.ts';
import { ORGANIZATION, type World } from './strictness-world.ts';

/** Somebody new, with a sign-in that makes the requests, another one, and personal tokens. */
interface Newcomer {
  readonly lane: Lane;
  readonly own: Login;
  readonly other: Login;
  readonly tokens: readonly Token[];
}

const MEMBERS = `/api/organizations/${ORGANIZATION}/members`;

export function everyAct(world: World, watch: Watch): readonly RevokingAct[] {
  return [
    ...credentialActs,
    onPerson(
      1,
      'sign-out everywhere else',
      ({ other }) => alive(other),
      ({ lane }) => post('/api/users/me/sessions/revoke-others', lane.authorization),
    ),
    onPerson(1, 'revocation of all own tokens', ofTokens, ({ lane }) =>
      post('/api/users/me/tokens/revoke-all', lane.authorization),
    ),
    onPerson(1, "end of all of a member's sign-ins", ofLogins, ({ lane }, { authorization }) =>
      post(`/api/organizations/${ORGANIZATION}/sessions/revoke-all`, authorization, { userId: lane.person.id }),
    ),
    onPerson(1, 'end of all that a member has', ofAll, ({ lane }, { authorization }) =>
      post(`${MEMBERS}/${lane.person.id}/revoke-all`, authorization),
    ),
    onPerson(1, 'removal of a member', ofAll, ({ lane }, { authorization }) =>
      post(`${MEMBERS}/${lane.person.id}/remove`, authorization),
    ),
    changesOfRole(),
    onPerson(
      0.3,
      'a password changed on the page',
      ofLogins,
      ({ lane }) =>
        () =>
          changePassword(lane),
    ),
    onPerson(
      0.2,
      'a password set by the operator',
      ofLogins,
      ({ lane }) =>
        () =>
          command(world, ['users', 'set-password', '--email', lane.person.email, '--password-stdin'], NEW_PASSWORD),
    ),
    onPerson(
      0.2,
      'a person disabled',
      ofAll,
      ({ lane }) =>
        () =>
          command(world, ['users', 'disable', '--email', lane.person.email]),
    ),
    removalOfService(world, watch),
  ];
}

const NEW_PASSWORD = 'another horse battery';

const ofLogins = ({ own, other }: Newcomer) => [...alive(own), ...alive(other)];
const ofTokens = ({ tokens }: Newcomer) => tokens.map(({ credential }) => credential);
const ofAll = (newcomer: Newcomer) => [...ofLogins(newcomer), ...ofTokens(newcomer)];

async function welcome(by: Lane): Promise<Newcomer> {
  const lane = await by.another('member');
  const own = lane.ownLogin();
  const other = await lane.logIn();
  return { lane, own, other, tokens: [await lane.makeToken('personal'), await lane.makeToken('personal')] };
}

/** @param covers what it ends; the rest is looked at as before, and ended afterwards */
function onPerson(
  weight: number,
  name: string,
  covers: (newcomer: Newcomer) => readonly Credential[],
  call: (newcomer: Newcomer, admin: Lane) => Call | (() => Promise<boolean>),
): RevokingAct {
  return {
    name,
    weight,
    async run(by, admin) {
      const newcomer = await welcome(by);
      const covered = covers(newcomer);
      await live(by);
      await newcomer.lane.carryOut({ name, status: 200, to: 'inactive' }, call(newcomer, admin), covered);
      await finish(covered);
      const rest = ofAll(newcomer).filter((credential) => !covered.includes(credential));
      await Promise.all(rest.map((credential) => credential.glance()));
      const isLeft = ({ access }: Login) => access.some((credential) => rest.includes(credential));
      for (const login of [newcomer.own, newcomer.other].filter(isLeft)) await newcomer.lane.revokeLogin(login);
      await newcomer.lane.revoke(ofTokens(newcomer).filter((credential) => rest.includes(credential)));
      await finish(rest);
    },
  };
}

/** A member becomes a viewer, then an admin, and is then removed. */
function changesOfRole(): RevokingAct {
  const name = "change of a member's role";
  return {
    name,
    weight: 2,
    async run(by, admin) {
      const newcomer = await welcome(by);
      const { lane } = newcomer;
      const all = ofAll(newcomer);
      const path = `${MEMBERS}/${lane.person.id}`;
      for (const role of ['viewer', 'admin', 'viewer'] as const) {
        const act: Act = { name, status: 200, to: role };
        await lane.carryOut(act, post(`${path}/role`, admin.authorization, { role }), all);
        await Promise.all(all.map((credential) => credential.glance()));
      }
      const removal: Act = { name: 'removal of a member', status: 200, to: 'inactive' };
      await lane.carryOut(removal, post(`${path}/remove`, admin.authorization), all);
      await finish(all);
    },
  };
}

/** What is looked at here is the service itself: whether its own introspections are answered. */
function removalOfService(world: World, watch: Watch): RevokingAct {
  const name = 'removal of a service';
  let serial = 0;
  return {
    name,
    weight: 0.2,
    async run(lane) {
      serial += 1;
      const id = `service-${serial}`;
      const sentAt = monotonicMs();
      const authorization = await world.addResourceServer(id).catch(() => undefined);
      if (authorization === undefined) return; // in the midst of a fault; another time
      const { credential } = await lane.makeToken('organization');
      const made = { to: 'active', by: 'its creation', sentAt, answeredAt: monotonicMs() } as const;
      const itself = watch.begin('a service', credential.token, made, authorization);
      await itself.glance();
      const act: Act = { name, status: 200, to: 'inactive' };
      const remove = () =>
        command(world, ['resource-servers', 'remove', '--id', id]).catch((error: unknown) => {
          if (error instanceof Refused) return true; // it is gone, by the time before
          throw error;
        });
      await lane.carryOut(act, remove, [itself]);
      await finish([itself]);
      await lane.revoke([credential]);
      await finish([credential]);
    },
  };
}

/** False: nobody knows. @throws Refused when it was done before */
async function command(world: World, args: readonly string[], stdin?: string): Promise<boolean> {
  try {
    await world.runCommand(args, stdin);
    return true;
  } catch (error) {
    if (String(error).includes('there is no')) throw new Refused(String(error));
    return false;
  }
}

/** @throws Refused when it was changed before */
async function changePassword(lane: Lane): Promise<boolean> {
  const visitor = await lane.visitor();
  const path = '/settings/password';
  const fields = { current: lane.person.password, next: NEW_PASSWORD };
  try {
    const { status, headers } = await visitor.submit(path, await visitor.get(path), fields);
    if (status === 503) return false;
    if (status === 303 && headers.get('location') === path && headers.getSetCookie().length > 0) return true;
    throw new Refused(`the page answered ${status}`);
  } catch (error) {
    if (error instanceof TypeError) return false; // fetch's own
    throw error;
  }
}
