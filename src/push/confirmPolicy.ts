/** The setting bitrix24Push.confirm. */
export type ConfirmPolicy = 'always' | 'several' | 'never';

/** Whether a push to so many people asks first. Anything but the known words counts as the default. */
export function mustConfirm(policy: unknown, people: number): boolean {
  return policy === 'always' || (policy !== 'never' && people > 1);
}
