/** The setting bitrix24Push.confirm. */
export type ConfirmPolicy = 'always' | 'several' | 'never';

/** Whether a push to so many people asks first. Anything but the known words counts as the default. */
export function mustConfirm(policy: unknown, people: number): boolean {
  return policy === 'always' || (policy !== 'never' && people > 1);
}

/** The setting bitrix24Push.confirmCount when it is none. */
export const defaultCount = 100;

/** Whether the user must type how many people a push goes to, whatever the policy: slips are costly then. */
export function mustTypeCount(above: unknown, people: number): boolean {
  const limit = typeof above === 'number' && above >= 0 ? above : defaultCount;
  return people > Math.max(1, limit);
}

/** The number in what was typed: digits, however they are grouped. */
export function typedCount(text: string): number | undefined {
  const digits = text.replace(/[\s.,'’]/gu, '');
  return /^\d{1,9}$/.test(digits) ? Number(digits) : undefined;
}
