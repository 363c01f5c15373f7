// `teamday config get|set organization`: the organization that a sign-in acts in.
import type { Command } from 'commander';
import { examples, JSON_OPTION } from '../help.ts';
import type { Io } from '../io.ts';
import type { Membership } from '../profile.ts';
import { noteUser } from '../session.ts';
import type { Terminal } from '../terminal.ts';
import { withClient } from '../with-client.ts';

export function addGetOrganizationCommand(get: Command, io: Io, terminal: Terminal): void {
  get
    .command('organization')
    .summary('show the current organization')
    .description(
      'Show the current organization. On a terminal with its name and the others you may switch to; else its id alone.',
    )
    .option(...JSON_OPTION)
    .addHelpText('after', examples('teamday config get organization', 'ID=$(teamday config get organization)'))
    .action(async () => await getOrganization(io, terminal));
}

export function addSetOrganizationCommand(set: Command, io: Io, terminal: Terminal): void {
  set
    .command('organization')
    .summary('switch to another organization')
    .description('Switch to another organization that you are a member of, for this sign-in and at once.')
    .argument('<id>', "the organization's id; teamday config get organization lists yours")
    .option(...JSON_OPTION)
    .addHelpText('after', examples('teamday config set organization org_different_id'))
    .action(async (id: string) => {
      await setOrganization({ io, terminal, id });
    });
}

async function getOrganization(io: Io, terminal: Terminal): Promise<void> {
  await withClient(io, terminal, async (client) => {
    const { organization, organizations } = await client.profile();
    const others = organizations.filter(({ id }) => id !== organization.id);
    terminal.result({ organization, organizations }, () => {
      if (!io.stdout.isTTY) {
        terminal.say(organization.id);
        return;
      }
      terminal.say(described(organization));
      if (others.length === 0) return;
      terminal.say();
      terminal.say('You can switch to:');
      for (const other of others) terminal.say(`  ${described(other)}`);
      terminal.say();
      terminal.say('teamday config set organization ID');
    });
  });
}

async function setOrganization({ io, terminal, id }: { io: Io; terminal: Terminal; id: string }): Promise<void> {
  await withClient(io, terminal, async (client) => {
    const profile = await client.switchOrganization(id);
    await noteUser(io, client.credential, profile);
    const { organization } = profile;
    terminal.result({ organization }, () =>
      terminal.success(`Organization: ${organization.name} (${organization.id})`),
    );
  });
}

function described({ id, name, role }: Membership): string {
  return role === undefined ? `${id}  ${name}` : `${id}  ${name} (${role})`;
}
