// The command line of the operator: which commands there are, and their options. Each command has a file.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { ROLES } from '../oauth/roles.ts';
import { projectRoot } from '../project-root.ts';
import { auditVerify } from './audit-verify.ts';
import { createOrganization } from './create-organization.ts';
import { createResourceServer } from './create-resource-server.ts';
import { createUser } from './create-user.ts';
import { healthcheck } from './healthcheck.ts';
import { migrate } from './migrate.ts';
import { removeResourceServer } from './remove-resource-server.ts';
import { disableUser, enableUser } from './users-disable.ts';
import { listUsers } from './users-list.ts';
import { setUserPassword } from './users-set-password.ts';

export function buildProgram(): Command {
  const program = new Command('teamday-identity')
    .description('TeamDay Identity: sign-in, tokens and introspection for TeamDay services.')
    .version((JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string }).version)
    .exitOverride()
    .showHelpAfterError('(add --help for usage)')
    .addHelpText(
      'after',
      '\nConfiguration comes from the environment: see .env.example.\nOn the embedded database, commands other than serve need the server to be stopped.',
    );

  program
    .command('serve')
    .description('start the server')
    .action(async () => {
      const { serve } = await import('./serve.ts'); // the whole server: no other command has to wait for it
      await serve();
    });
  program.command('migrate').description('bring the database schema up to date, then exit').action(migrate);
  program
    .command('healthcheck')
    .description('ask the running server whether it is ready; exit 0 or 1')
    .action(healthcheck);

  const users = group(program, 'users', 'people who can sign in');
  users
    .command('create')
    .description('create a person, or add a known one to another organization; prints the id')
    .requiredOption('--email <address>', 'e-mail address to sign in with (required)')
    .option('--name <name>', 'full name (default: the e-mail address)')
    .requiredOption('--organization <id>', 'organization to become a member of (required)')
    .option('--role <role>', ROLES.join(', '), 'member')
    .option('--password-stdin', 'read the password from standard input')
    .option('--json', 'print {"id": …}')
    .addHelpText(
      'after',
      '\nExample:\n  printf %s "$PASSWORD" | teamday-identity users create --email ada@acme.example --name \'Ada\' --organization org_acme --role admin --password-stdin',
    )
    .action(createUser);
  users
    .command('set-password')
    .description('give a person a new password; signs them out everywhere')
    .requiredOption('--email <address>', 'e-mail address of the person (required)')
    .requiredOption('--password-stdin', 'read the password from standard input (required)')
    .option('--json', 'print {"id": …, "endedSessions": …}')
    .action(setUserPassword);
  users
    .command('disable')
    .description('keep a person out of everything: ends their sign-ins, revokes their personal tokens')
    .requiredOption('--email <address>', 'e-mail address of the person (required)')
    .option('--json', 'print {"id": …, "endedSessions": …, "revokedTokens": …, "organizationsWithoutAdmin": […]}')
    .action(disableUser);
  users
    .command('enable')
    .description('let a disabled person sign in again; nothing that was ended comes back')
    .requiredOption('--email <address>', 'e-mail address of the person (required)')
    .option('--json', 'print {"id": …}')
    .action(enableUser);
  users
    .command('list')
    .description('list who there is, with their organizations and roles')
    .option('--json', 'print {"users": […]}')
    .action(listUsers);

  group(program, 'organizations', 'what people are members of')
    .command('create')
    .description('create an organization; prints the id')
    .option('--id <id>', 'org_… (the org_ may be left away; default: a random one)')
    .requiredOption('--name <name>', 'name (required)')
    .option('--json', 'print {"id": …, "name": …}')
    .action(createOrganization);

  const resourceServers = group(program, 'resource-servers', 'services that may introspect');
  resourceServers
    .command('create')
    .description('register a service; prints its client_id and client_secret, this once')
    .requiredOption('--id <id>', 'client_id (required)')
    .option('--services <names>', 'what it serves, separated by commas: names of config/services.json')
    .option('--jwks-file <file>', 'its public keys (JWK Set), for private_key_jwt instead of a secret')
    .option('--rate-limit', 'its introspections count as requests of the credential, and tell the limit')
    .option('--inactive-reason', 'it is told why a genuine token is inactive: expired or revoked')
    .option('--json', 'print {"client_id": …, "client_secret": …}')
    .action(createResourceServer);
  resourceServers
    .command('remove')
    .description('remove a service: from here on it can’t introspect')
    .requiredOption('--id <id>', 'client_id (required)')
    .action(removeResourceServer);

  group(program, 'audit', 'the record of acts on credentials and accounts')
    .command('verify')
    .description('check that no record was altered, removed or put in; prints the chains, exit 1 names what is wrong')
    .option('--file <export.jsonl>', 'check an export in JSON Lines instead, without the database')
    .option('--json', 'print {"whole": …, "chains": …, "faults": …}')
    .addHelpText(
      'after',
      '\nCompare the last seals with those in the server\'s log ("audit log sealed"): they tell if an older state of the database was put back.',
    )
    .action(auditVerify);

  return program;
}

function group(program: Command, name: string, description: string): Command {
  return program.command(name).description(description);
}
