// A message that stands out from the page around it.
import type { ComponentChildren } from 'preact';
import { Icon } from './icons.tsx';

/**
 * `problem` and `notice` are about what was just sent and are announced at once; a `warning` belongs to the page.
 * `id` lets a field name the message as its description.
 */
export function Alert(props: { tone: 'problem' | 'notice' | 'warning'; id?: string; children: ComponentChildren }) {
  return (
    <div class={`alert ${props.tone}`} id={props.id} role={props.tone === 'warning' ? undefined : 'alert'}>
      <Icon name={props.tone === 'notice' ? 'clock' : 'warning'} />
      <p>{props.children}</p>
    </div>
  );
}
