// How long a new token lives, with the date that each answer comes to. Fields: expires_in (days, 0 for never, or
// `custom`) and custom_days, whose date assets/script.js keeps up to date.
import { type Locale, messagesFor } from '../messages/messages-for.ts';
import { dateText, daysText } from '../text/dates.ts';
import type { TokenKind } from '../tokens.ts';
import { Choice, Choices } from './choices.tsx';

/** The days that are offered, with their dates; 0 and null: never. */
export type ExpiryOffer = {
  choices: readonly { days: number; until: Date | null }[];
  /** The most that may be typed. */
  maxDays: number;
  now: Date;
};

type Props = {
  kind: TokenKind;
  locale: Locale;
  offer: ExpiryOffer;
  /** As it was typed. */
  expiresIn: string;
  customDays: string;
  /** What `customDays` comes to, where it is a number that may be typed. */
  customUntil?: Date;
  refused: boolean;
  first: boolean;
};

const RECOMMENDED_DAYS = 90;

export function ExpiryChoice(props: Props) {
  const { kind, locale, offer, expiresIn, customDays, customUntil, refused, first } = props;
  const { form: text } = messagesFor(locale).tokens;
  const max = daysText(offer.maxDays, locale);
  return (
    <Choices id="expires_in" legend={text.expiration} problem={refused ? text.expiryInvalid(max) : undefined}>
      {offer.choices.map(({ days, until }, index) => (
        <Choice
          key={days}
          name="expires_in"
          value={String(days)}
          checked={expiresIn === String(days)}
          first={first && index === 0 && expiresIn !== 'custom'}
          note={until === null ? text.neverHint : dateText(until, locale)}
        >
          {until === null ? text.never[kind] : daysText(days, locale)}
          {days === RECOMMENDED_DAYS && <span class="pill">{text.recommended}</span>}
        </Choice>
      ))}
      <div class="choice">
        <label>
          <input id="custom" type="radio" name="expires_in" value="custom" checked={expiresIn === 'custom'} />
          {text.custom}
        </label>
        <input
          id="custom_days"
          name="custom_days"
          type="number"
          inputmode="numeric"
          min={1}
          max={offer.maxDays}
          value={customDays}
          autofocus={first && expiresIn === 'custom'}
          aria-label={text.customDays}
          aria-describedby="custom-until"
          data-from={offer.now.toISOString()}
        />
        <output class="note" id="custom-until" for="custom_days" data-hint={text.customHint(max)}>
          {customUntil === undefined ? text.customHint(max) : dateText(customUntil, locale)}
        </output>
      </div>
    </Choices>
  );
}
