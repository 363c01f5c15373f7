/** RFC 8628 §3.4: the grant type by which a device exchanges its device code. */
export const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** The public client that the `teamday` command is. */
export const CLI_CLIENT_ID = 'teamday-cli';

/** What a CLI login asks for, in the order the approval page shows it. */
export const CLI_SCOPES = ['agents:manage', 'agents:execute', 'spaces:access', 'tasks:create'] as const;
