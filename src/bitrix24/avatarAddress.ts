/**
 * The avatar's address as it is sent: ''  for none, undefined when it is not an absolute http(s) address.
 * The portal would take anything and show no picture. docs/bitrix24.md, section 5.
 */
export function avatarAddress(typed: string | undefined): string | undefined {
  const trimmed = typed?.trim() ?? '';
  if (trimmed === '') {
    return '';
  }
  if (!/^https?:\/\/[^/]/i.test(trimmed) || !URL.canParse(trimmed)) {
    return undefined;
  }
  return new URL(trimmed).href;
}
