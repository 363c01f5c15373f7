// /organizations/{id}/policy: what its admins demand of new tokens and of signing in. Posts personal_token_max_days,
// require_expiry, method_… and csrf to the same path.
import { Alert } from './components/alert.tsx';
import { Button, ButtonLink } from './components/button.tsx';
import { Card } from './components/card.tsx';
import { Choice, Choices } from './components/choices.tsx';
import { describedBy, Explanation } from './components/explanation.tsx';
import type { Shell } from './components/page.tsx';
import { PostForm } from './components/post-form.tsx';
import { SettingsPage } from './components/settings-page.tsx';
import type { Messages } from './messages/en.ts';
import { messagesFor } from './messages/messages-for.ts';
import type { Organization } from './organization.ts';
import { daysText } from './text/dates.ts';
import { inertText } from './text/inert-text.ts';

type SignInMethod = keyof Messages['policy']['method'];

export type TypedPolicy = {
  /** Empty: as the operator allows. */
  personalTokenMaxDays: string;
  requireExpiry: boolean;
  methods: readonly SignInMethod[];
};

export type PolicyProblem = 'days' | 'methods';

type Props = {
  shell: Shell;
  csrf: string;
  organization: Organization;
  typed: TypedPolicy;
  /** Those that there are. */
  methods: readonly SignInMethod[];
  /** What the operator allows; null: no limit. */
  operatorMaxDays: number | null;
  /** The most that may be typed. */
  maxDays: number;
  problems?: readonly PolicyProblem[];
  notice?: 'saved' | 'stale';
};

export function PolicyPage(props: Props) {
  const { shell, csrf, organization, typed, methods, operatorMaxDays, maxDays, problems = [], notice } = props;
  const { locale } = shell;
  const { policy: text, common } = messagesFor(locale);
  const days = {
    hint: text.personalDaysHint(operatorMaxDays === null ? text.unlimited : daysText(operatorMaxDays, locale)),
    problem: problems.includes('days') ? text.personalDaysInvalid(maxDays) : undefined,
  };
  return (
    <SettingsPage shell={shell} title={text.title} current="policy" organization={organization}>
      <Card heading={text.title} lead={<bdi>{text.lead(inertText(organization.name, 100))}</bdi>}>
        {notice === 'saved' && <Alert tone="success">{text.saved}</Alert>}
        {notice === 'stale' && <Alert tone="notice">{common.stale}</Alert>}
        {problems.length > 0 && <Alert tone="problem">{text.problem}</Alert>}
        <PostForm action={`/organizations/${organization.id}/policy`} csrf={csrf}>
          <div class="field">
            <label for="personal_token_max_days">{text.personalDays}</label>
            <input
              id="personal_token_max_days"
              name="personal_token_max_days"
              type="number"
              inputmode="numeric"
              min={1}
              max={maxDays}
              value={typed.personalTokenMaxDays}
              aria-invalid={days.problem === undefined ? undefined : 'true'}
              aria-describedby={describedBy('personal_token_max_days', days)}
            />
            <Explanation id="personal_token_max_days" {...days} />
          </div>
          <Choices id="expiry" legend={text.expiry}>
            <Choice
              kind="checkbox"
              name="require_expiry"
              value="on"
              checked={typed.requireExpiry}
              note={text.requireExpiryNote}
            >
              {text.requireExpiry}
            </Choice>
          </Choices>
          <Choices
            id="methods"
            legend={text.methods}
            hint={methods.length === 1 ? text.methodsHint : undefined}
            problem={problems.includes('methods') ? text.methodsRequired : undefined}
          >
            {methods.map((method) => (
              <Choice
                key={method}
                kind="checkbox"
                name={`method_${method}`}
                value="on"
                checked={typed.methods.includes(method)}
              >
                {text.method[method]}
              </Choice>
            ))}
          </Choices>
          <Alert tone="warning">{text.existing}</Alert>
          <ButtonLink href={`/organizations/${organization.id}/credentials`} look="quiet">
            {text.existingLink}
          </ButtonLink>
          <div class="actions">
            <Button>{text.submit}</Button>
          </div>
        </PostForm>
      </Card>
    </SettingsPage>
  );
}
