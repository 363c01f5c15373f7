// Every text a person reads, in English. The shape of this object is the `Messages` type that each translation
// must match, so a text that is missing in one language doesn't compile. No markup in here.
import { audit } from './audit-en.ts';
import { credentials } from './credentials-en.ts';
import { invitations, members, policy } from './members-en.ts';
import { password, sessions } from './sessions-en.ts';
import { settings } from './settings-en.ts';
import { tokens } from './tokens-en.ts';

export const en = {
  common: {
    skipToContent: 'Skip to content',
    signOut: 'Sign out',
    cancel: 'Cancel',
    email: 'Email',
    password: 'Password',
    organization: 'Organization',
    enterCode: 'Enter a code',
    backHome: 'Go to the start page',
    apiDocs: 'API documentation',
    reportLeak: 'Report a leaked token',
    justNow: 'just now',
    stale: 'This page was open for too long, so we refreshed it. Nothing is lost: please send it again.',
    roles: { admin: 'admin', member: 'member', viewer: 'viewer' },
  },
  home: {
    title: 'One sign-in for TeamDay',
    lead: 'This server signs people, programs and agents in to TeamDay, and decides what each of them may do.',
    signIn: 'Sign in',
    hello: (name: string) => `Hello, ${name}`,
    signedInLead: 'You are signed in. Authorize a terminal by entering the code it shows.',
    organizations: 'Organizations',
    noOrganization: 'You are not a member of any organization yet. Ask an admin of yours to invite you.',
    tokensTitle: 'Scripts and integrations',
    tokensHint: 'Tokens let programs call TeamDay: as you, or for a whole organization.',
    terminalTitle: 'Sign in from the terminal',
    terminalHint: 'Run this command. Your browser opens, you confirm the code, and the terminal is signed in.',
  },
  signIn: {
    title: 'Sign in to TeamDay',
    cliLead: 'Sign in to continue to the TeamDay CLI.',
    lead: 'Use your TeamDay account.',
    button: 'Sign in',
    wrong: 'That email and password don’t match. Check both and try again.',
    tooMany: (when: string) => `Too many attempts. For your safety, please try again ${when}.`,
  },
  code: {
    title: 'Connect your terminal',
    lead: 'Enter the code that TeamDay CLI shows in your terminal.',
    label: 'Code',
    hint: 'Eight letters, such as WDJB-MJHT. Upper or lower case, with or without the dash.',
    button: 'Continue',
    unknown: 'We don’t know this code. It may have expired: check it, or run the command again for a new one.',
    malformed: 'This doesn’t look like a code. Please compare it with your terminal.',
    tooMany: (when: string) => `Too many codes were tried. Please try again ${when}.`,
  },
  approve: {
    title: 'Authorize TeamDay CLI',
    lead: 'The TeamDay CLI is requesting access to your account.',
    codeLabel: 'Does your terminal show this code?',
    allows: 'This will allow:',
    permissions: {
      'agents:manage': 'Manage agents',
      'agents:execute': 'Execute agents',
      'spaces:access': 'Access spaces',
      'tasks:create': 'Create tasks',
    },
    device: 'Requested by',
    unnamedDevice: 'Unnamed device',
    deviceNote: 'Name and system as told by the device, not verified.',
    account: 'Signed in as',
    switchAccount: 'Not you? Sign out',
    noOrganization:
      'Your account is not a member of any organization, so there is nothing to authorize. Ask an admin to invite you, then open this page again.',
    warning: 'Only continue if you started this yourself. If somebody sent you this link or code, press Cancel.',
    authorize: 'Authorize',
  },
  result: {
    approved: {
      title: 'Authorization successful!',
      detail: 'You can close this window and return to your terminal.',
    },
    cancelled: {
      title: 'Authorization cancelled',
      detail: 'The terminal was not given access. You can close this window. To start again, run this command there:',
    },
    expired: {
      title: 'This code has expired',
      detail: 'Codes are valid for a few minutes. Run this command in your terminal again to get a new one:',
    },
    used: {
      title: 'This code was already used',
      detail: 'Each code works once. To sign in another terminal, run this command there:',
    },
    anotherCode: 'Enter another code',
  },
  leak: {
    title: 'Report a leaked token',
    lead: 'Have you found a TeamDay token where it shouldn’t be: in a repository, a log, a chat? Paste it here. You don’t need an account, and it doesn’t have to be yours.',
    label: 'Tokens',
    hint: 'Up to 100, separated by spaces or line breaks. The text around them may stay.',
    button: 'Revoke',
    warning: 'Real tokens stop working at once, and whatever uses them with it.',
    required: 'Paste at least one token.',
    tooMany: 'This holds more than 100 tokens. Please send them in several parts.',
    limited: (when: string) => `Too many reports came from your address. Please try again ${when}.`,
    thanks: 'Thank you.',
    thanksDetail: 'Any real credentials among them have been revoked and their owners told.',
    another: 'Report another one',
  },
  docs: {
    title: 'API documentation',
    lead: 'How programs manage tokens on this server. Every answer is JSON; errors are { "statusCode", "message" }.',
    machineReadable: 'The same as an OpenAPI description',
    oauth: 'OAuth endpoints',
    contents: 'Operations',
    credentials: 'Credentials',
    noCredentials: 'none needed',
    query: 'Query',
    body: 'Body',
    answer: 'Answer',
    field: 'Field',
    type: 'Type',
    description: 'Description',
    required: 'Required.',
    optional: 'Not always there.',
    byDefault: (value: string) => `Default: ${value}.`,
    errors: 'Errors',
    example: 'Example',
  },
  error: {
    reference: 'Request ID',
    referenceHint: 'If you ask for help, please quote it.',
    retry: (when: string) => `Please try again ${when}.`,
    statuses: {
      400: {
        title: 'We couldn’t read that request',
        detail: 'Something in it is missing or malformed. Go back, check what you entered and send it again.',
      },
      403: {
        title: 'You can’t do that here',
        detail:
          'Your account may not do this, or the page was open for too long. Go back, reload the page and try again. If it happens again, ask an admin of your organization.',
      },
      404: {
        title: 'There is nothing at this address',
        detail: 'Check the link for typing errors, or continue from the start page.',
      },
      405: {
        title: 'This address doesn’t work that way',
        detail: 'It can’t be opened like this. Continue from the start page.',
      },
      413: {
        title: 'That was too much at once',
        detail: 'What was sent is larger than we accept. Go back, shorten it and send it again.',
      },
      415: {
        title: 'We don’t understand that format',
        detail: 'The request was sent in a format this address doesn’t accept. Go back and use the form on the page.',
      },
      429: {
        title: 'Too many requests',
        detail: 'We have paused answering for a moment to protect your account. Nothing is lost.',
      },
      500: {
        title: 'Something went wrong on our side',
        detail: 'It isn’t your fault, and the error has been recorded. Please try again in a moment.',
      },
      503: {
        title: 'We’ll be right back',
        detail: 'The service can’t be reached at the moment. Nothing is lost, and nobody was signed out.',
      },
    },
  },
  audit,
  credentials,
  settings,
  tokens,
  sessions,
  password,
  members,
  invitations,
  policy,
  setUp: {
    title: 'Set up TeamDay Identity',
    lead: 'Create your organization and its first admin. You can do this once.',
    organizationHint: 'The name of your company or team.',
    name: 'Your name',
    passwordHint: 'At least 8 characters. A few unrelated words work well.',
    button: 'Create organization',
    problem: 'Nothing was created yet. Please correct the marked fields.',
    problems: {
      required: 'Please fill this in.',
      tooLong: 'This is too long. Please use fewer characters.',
      nameUnfit: 'Use at most 100 characters, without control or direction marks.',
      emailMalformed: 'Enter an email address such as ada@example.com.',
      passwordTooShort: 'This is too short.',
    },
    invalid: {
      title: 'This set-up link doesn’t work',
      detail: 'It is valid for one hour and works once. There are two ways to continue:',
      restart: 'Restart the server. While no account exists, it writes a new link to its log.',
      command: 'Or create the first account on the server’s command line:',
    },
  },
};

export type Messages = typeof en;
