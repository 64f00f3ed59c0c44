export type PushPlatform = 'ios' | 'android';

export interface PlatformBudget {
  /** Size of the whole message as the push service would get it. */
  usedBytes: number;
  limitBytes: number;
  fits: boolean;
  /** UTF-16 index, on a grapheme boundary, where the text must be cut; the text's length when it fits. */
  cutAt: number;
  /** The text up to `cutAt`. */
  shown: string;
}

export interface PushBudget {
  ios: PlatformBudget;
  android: PlatformBudget;
  /** `over`: a platform cuts; `near`: beyond the safe size. */
  level: 'ok' | 'near' | 'over';
  /** UTF-8 size of text, sender name and avatar together. */
  bytes: number;
  /** What is safe for `bytes`. */
  safeBytes: number;
}

export interface BudgetInput {
  text: string;
  appName: string;
  avatar: string;
  clientId: string;
}

export function pushBudget(input: BudgetInput): PushBudget {
  throw new Error(`not written yet ${String(input)}`);
}

/** How a lock screen of that platform shows the text: what happens to line breaks and outer spaces. */
export function lockScreenText(text: string, platform: PushPlatform): string {
  throw new Error(`not written yet ${text}${platform}`);
}
