// A message that stands out from the page around it.
import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icons.tsx';

type Tone = 'problem' | 'notice' | 'success' | 'warning';

const icons: Record<Tone, IconName> = { problem: 'warning', notice: 'clock', success: 'check', warning: 'warning' };

/**
 * `problem`, `notice` and `success` are about what was just sent and are announced at once; a `warning` belongs to the
 * page. `id` lets a field name the message as its description.
 */
export function Alert(props: { tone: Tone; id?: string; children: ComponentChildren }) {
  return (
    <div class={`alert ${props.tone}`} id={props.id} role={props.tone === 'warning' ? undefined : 'alert'}>
      <Icon name={icons[props.tone]} />
      <p>{props.children}</p>
    </div>
  );
}
