// What a revocation comes to, before it is done: what is in use and by what, and what is not.
import { Alert } from './components/alert.tsx';
import { Relative } from './components/moment.tsx';
import { type Breakage, pathsOf, type ShownCredential } from './credential.ts';
import { type Locale, messagesFor } from './messages/messages-for.ts';
import { inertText } from './text/inert-text.ts';
import { numberText } from './text/numbers.ts';

type Props = {
  organizationId: string;
  selected: readonly ShownCredential[];
  wouldBreak: readonly Breakage[];
  now: Date;
  locale: Locale;
};

export function Consequences({ organizationId, selected, wouldBreak, now, locale }: Props) {
  const { credentials: messages } = messagesFor(locale);
  const { revocation: text } = messages;
  const broken = new Set(wouldBreak.map(({ credential }) => credential.id));
  const unused = selected.filter(({ id }) => !broken.has(id));
  return (
    <>
      <Alert tone="warning">
        {wouldBreak.length > 0 ? text.breaks(numberText(wouldBreak.length, locale)) : text.breaksNothing}
      </Alert>
      {wouldBreak.length > 0 && (
        <>
          <h2 class="section-title">{text.inUse}</h2>
          <ul class="breakages">
            {wouldBreak.map((each) => (
              <li key={each.credential.id}>
                <Named credential={each.credential} locale={locale} />
                <p class="detail">
                  {`${text.lastUse}: `}
                  <Relative at={each.lastAt} now={now} locale={locale} />
                  {' · '}
                  <a href={pathsOf(organizationId).audit(each.credential.id)}>
                    {messages.activity}
                    <span class="visually-hidden">{` ${inertText(each.credential.name, 100)}`}</span>
                  </a>
                </p>
                {each.services.length === 0 && <p class="detail">{text.onlyLastUse}</p>}
                {each.services.map((use) => (
                  <ServiceUse key={use.service} use={use} now={now} locale={locale} />
                ))}
              </li>
            ))}
          </ul>
        </>
      )}
      {unused.length > 0 && (
        <>
          <h2 class="section-title">{text.notInUse}</h2>
          <CredentialNames credentials={unused} locale={locale} />
        </>
      )}
    </>
  );
}

export function CredentialNames({ credentials, locale }: { credentials: readonly ShownCredential[]; locale: Locale }) {
  return (
    <ul class="breakages">
      {credentials.map((credential) => (
        <li key={credential.id}>
          <Named credential={credential} locale={locale} />
        </li>
      ))}
    </ul>
  );
}

function Named({
  credential: { name, preview, kind, owner },
  locale,
}: {
  credential: ShownCredential;
  locale: Locale;
}) {
  const { credentials: text } = messagesFor(locale);
  return (
    <p>
      <bdi class="strong">{inertText(name, 100)}</bdi> <code class="soft">{preview}</code>
      <span class="detail">
        {`${text[kind]} · `}
        <bdi>{inertText(owner.name, 100)}</bdi>
      </span>
    </p>
  );
}

function ServiceUse({ use, now, locale }: { use: Breakage['services'][number]; now: Date; locale: Locale }) {
  const { revocation: text } = messagesFor(locale).credentials;
  return (
    <div class="service-use">
      <p>
        <span class="pill">{inertText(use.service)}</span>
        <span class="detail">
          {`${text.requests(numberText(use.requests, locale))} · `}
          <Relative at={use.lastAt} now={now} locale={locale} />
          {use.addresses.length > 0 && ` · ${text.from} `}
          <bdi>{use.addresses.map((address) => inertText(address)).join(', ')}</bdi>
        </span>
      </p>
      {use.routes.map((route) => (
        <code key={route} class="detail">
          {inertText(route, 200)}
        </code>
      ))}
    </div>
  );
}
