import type { FirstPartyClient } from '../../src/config.ts';
import { CLI_SCOPES, DEVICE_CODE_GRANT } from '../../src/oauth/device-grant.ts';

/** Another client of the house, for tests of what belongs to one client alone. */
export const OTHER_CLIENT: FirstPartyClient = {
  client_id: 'other-cli',
  client_name: 'Another CLI',
  scope: CLI_SCOPES.join(' '),
  grant_types: [DEVICE_CODE_GRANT, 'refresh_token'],
};
