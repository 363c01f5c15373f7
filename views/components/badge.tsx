// The large round sign above a heading that tells an outcome at a glance.
import { Icon, type IconName } from './icons.tsx';

export function Badge({ icon, tone }: { icon: IconName; tone: 'good' | 'neutral' | 'warning' }) {
  return (
    <div class={`badge ${tone}`}>
      <Icon name={icon} />
    </div>
  );
}
