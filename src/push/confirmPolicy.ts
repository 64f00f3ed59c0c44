/** The setting bitrix24Push.confirm, the strictest first. */
const policies = ['always', 'several', 'never'] as const;
export type ConfirmPolicy = (typeof policies)[number];

/** Whether a push to so many people asks first. */
export function mustConfirm(policy: ConfirmPolicy, people: number): boolean {
  return policy === 'always' || (policy === 'several' && people > 1);
}

/** The setting bitrix24Push.confirmCount when it is none. */
export const defaultCount = 100;

/** Whether the user must type how many people a push goes to, whatever the policy: slips are costly then. */
export function mustTypeCount(above: number, people: number): boolean {
  return people > Math.max(1, above);
}

/**
 * The values of a setting, from what `inspect` of VS Code's configuration tells: the user's own on this machine (else
 * the default), then those of the workspace, its folders and a remote machine. The latter may come from a repository,
 * by .vscode/settings.json, a workspace file or devcontainer.json, so they must only make things stricter.
 */
export function valuesOf(inspected: object = {}): unknown[] {
  const said: Partial<Record<string, unknown>> = { ...inspected };
  const { defaultValue, globalLocalValue, globalRemoteValue, globalValue } = said;
  const user = globalLocalValue ?? (globalRemoteValue === undefined ? globalValue : undefined);
  const others = [globalRemoteValue, said['workspaceValue'], said['workspaceFolderValue']];
  return [user ?? defaultValue, ...others.filter((value) => value !== undefined)];
}

/** The strictest of these. Anything but the known words counts as the default. */
export function strictestPolicy(values: readonly unknown[]): ConfirmPolicy {
  const known = values.map((value) => policies.find((policy) => policy === value) ?? 'several');
  return policies.find((policy) => known.includes(policy)) ?? 'several';
}

/** The smallest of these. Anything but a number from 0 counts as the default. */
export function strictestCount(values: readonly unknown[]): number {
  const known = values.map((value) =>
    typeof value === 'number' && value >= 0 ? value : defaultCount,
  );
  return known.length === 0 ? defaultCount : Math.min(...known);
}

/** The number in what was typed: digits, however they are grouped. */
export function typedCount(text: string): number | undefined {
  const digits = text.replace(/[\s.,'’]/gu, '');
  return /^\d{1,9}$/.test(digits) ? Number(digits) : undefined;
}
