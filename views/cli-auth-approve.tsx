// `/cli-auth?code=…` for somebody signed in: what asks, for what, and the decision. Posts code, organization,
// decision (authorize or cancel) and csrf to /cli-auth. Device texts are the stranger's: shown inert.
import { Alert } from './components/alert.tsx';
import { Button } from './components/button.tsx';
import { Card } from './components/card.tsx';
import { Fact } from './components/fact.tsx';
import { Icon, SpokenTick } from './components/icons.tsx';
import { Logo } from './components/logo.tsx';
import { Relative } from './components/moment.tsx';
import { OrganizationChoice } from './components/organization-choice.tsx';
import { Page, type Shell } from './components/page.tsx';
import { PostForm, SignOutForm } from './components/post-form.tsx';
import type { Messages } from './messages/en.ts';
import { type Locale, messagesFor } from './messages/messages-for.ts';
import type { Organization } from './organization.ts';
import { inertText } from './text/inert-text.ts';

/** `name` and `system` as the device told them; `address` and `requestedAt` as the server saw them. */
type AskingDevice = { name?: string; system?: string; address: string; requestedAt: Date };

type Permission = keyof Messages['approve']['permissions'];

type Props = {
  shell: Shell & Required<Pick<Shell, 'signedInAs'>>;
  csrf: string;
  /** As the terminal shows it: XXXX-XXXX. */
  code: string;
  scopes: readonly Permission[];
  device: AskingDevice;
  organizations: readonly Organization[];
  /** The organization chosen at first; the person's current one. */
  selectedId: string;
  now: Date;
};

export function CliAuthApprovePage({ shell, csrf, code, scopes, device, organizations, selectedId, now }: Props) {
  const { approve: text, common } = messagesFor(shell.locale);
  const [only, ...others] = organizations;
  return (
    <Page shell={shell} title={text.title} width="wide" withoutAccount>
      <Card heading={text.title} lead={text.lead} top={<Handshake />}>
        <div class="code-panel">
          <p>{text.codeLabel}</p>
          <p class="user-code">{code}</p>
        </div>
        <div class="permissions">
          <p>{text.allows}</p>
          <ul>
            {scopes.map((scope) => (
              <li key={scope}>
                <Icon name="check" />
                <SpokenTick />
                {text.permissions[scope]}
              </li>
            ))}
          </ul>
        </div>
        <dl class="facts">
          <Fact term={text.device}>
            <Device device={device} now={now} locale={shell.locale} unnamed={text.unnamedDevice} />
            <p class="hint">{text.deviceNote}</p>
          </Fact>
          <Fact term={text.account}>
            <div class="split">
              <p>
                <bdi class="strong">{shell.signedInAs.name}</bdi>
                <br />
                <bdi>{shell.signedInAs.email}</bdi>
              </p>
              <SignOutForm csrf={csrf} returnTo={`/cli-auth?code=${encodeURIComponent(code)}`} look="quiet">
                {text.switchAccount}
              </SignOutForm>
            </div>
          </Fact>
          {only !== undefined && others.length === 0 && (
            <Fact term={common.organization}>
              <div class="split">
                <bdi class="strong">{only.name}</bdi>
                <span class="pill">{common.roles[only.role]}</span>
              </div>
            </Fact>
          )}
        </dl>
        <PostForm action="/cli-auth" csrf={csrf} hidden={{ code }}>
          {only === undefined ? (
            <Alert tone="problem">{text.noOrganization}</Alert>
          ) : (
            <>
              {others.length === 0 ? (
                <input type="hidden" name="organization" value={only.id} />
              ) : (
                <OrganizationChoice organizations={organizations} selectedId={selectedId} locale={shell.locale} />
              )}
              <Alert tone="warning">{text.warning}</Alert>
            </>
          )}
          <div class="actions pair">
            {only !== undefined && (
              <Button name="decision" value="authorize">
                {text.authorize}
              </Button>
            )}
            <Button name="decision" value="cancel" look="secondary">
              {common.cancel}
            </Button>
          </div>
        </PostForm>
      </Card>
    </Page>
  );
}

/** TeamDay and a terminal, joined: what this page is about, before a word is read. */
function Handshake() {
  return (
    <div class="handshake" aria-hidden="true">
      <Logo />
      <span class="dots" />
      <span class="tile">
        <Icon name="terminal" />
      </span>
    </div>
  );
}

/** "host name · system · address · 2 minutes ago" */
function Device(props: { device: AskingDevice; now: Date; locale: Locale; unnamed: string }) {
  const { name = '', system = '', address, requestedAt } = props.device;
  const shownSystem = inertText(system, 40);
  return (
    <p>
      <bdi class="strong">{inertText(name, 48) || props.unnamed}</bdi>
      {shownSystem !== '' && (
        <>
          {' · '}
          <bdi>{shownSystem}</bdi>
        </>
      )}
      {' · '}
      <bdi>{address}</bdi>
      {' · '}
      <Relative at={requestedAt} now={props.now} locale={props.locale} />
    </p>
  );
}
